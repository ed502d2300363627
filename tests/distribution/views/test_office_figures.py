"""/beheer/cijfers/: the published table, every breakdown the same everywhere, charts, files, snapshots and what to count next."""

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution import tasks
from distribution.actions import figures_snapshots
from distribution.documents.figures_sheets import Sheet
from distribution.documents.figures_text import whole
from distribution.enums import FiguresBy, JobKind, JobState
from distribution.models import Card, CardYear, FiguresSnapshot, Job, StoredFile
from pickup_points.models import PickupPoint
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year, seasons, settled
from tests.distribution.office_year import AFTER_SEASON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_season")]
PAGE = "/beheer/cijfers/"


@pytest.fixture
def season(card_year: CardYear) -> list[PickupPoint]:
    """Fourteen points of twelve cards in two provinces; all but one counted, and one category of three people."""
    office_year.run(card_year)
    by, points = make.new_user(), []
    for place in range(14):
        points.append(make.point(f"punt-{place:02}", year=2027, postcode="9000" if place % 2 else "3500"))
        seasons.cards(card_year, 12, at=points[-1], level="secundair" if place % 3 else "lager")
        if place == 0:
            seasons.cards(card_year, 3, at=points[-1], level="clb")
    seasons.sent_home(card_year, 9, level="lager")
    seasons.starters(card_year, 7, level="secundair")
    settled.printed(card_year)
    for place, point in enumerate(points):
        here = list(Card.objects.filter(pickup_point=point).order_by("pk"))
        seasons.marked(here[: 4 + place % 3], by=by, at=NOW)
        if place:
            seasons.counted(card_year, point, 3 + place % 4, by=by)
    return points


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def shown(client: Client, question: str = "") -> str:
    answer = client.get(PAGE + question)
    assert answer.status_code == 200
    return text(answer.content.decode())


def table(client: Client, question: str = "") -> dict[str, list[str]]:
    """The lines of the sheets of a page: a label with what stands behind it. By channel the years are the columns."""
    sheets: list[Sheet] = client.get(PAGE + question).context["sheets"]
    return {
        line.label: ["suppressed"] if line.is_suppressed else [cell.text for cell in line.cells]
        for sheet in sheets
        for line in sheet.lines
    }


def test_the_published_table_of_parliament(office: Client, tmp_path: Path) -> None:
    seasons.published(tmp_path)

    assert table(office) == {
        "Kaarten": ["204.530", "208.204", "213.132", "215.229", "221.879"],
        "Met het magazine": ["15.570", "18.276", "19.931", "21.964", "25.479"],
        "(Re)starters": ["14.852", "16.527", "17.583", "16.158", "18.872"],
        "Afgehaald": ["102.478", "103.966", "100.102", "81.803*", "/"],
        "Andere": ["5.465", "936", "900", "5.604", "/"],
        "Met kaart": ["138.365", "139.705", "138.516", "125.529*", "/"],
        "Percentage": ["67,7 %", "67,1 %", "65,0 %", "58,3 %*", "/"],
        "Interval van 99 %": ["–"] * 5,
        "Zeker tussen": ["–"] * 5,
        "Geteld": ["–"] * 5,
    }
    page = shown(office)
    assert f"* 2020: een schatting, zo overgenomen uit de gepubliceerde cijfers. Oorzaak: {seasons.CAUSE}." in page
    assert "/ 2021: niet geteld." in page


@pytest.mark.parametrize(("form", "inert"), [("csv", "'"), ("xlsx", ""), ("json", ""), ("pdf", "")])
def test_the_cause_of_a_published_estimate_goes_along(form: str, inert: str, office: Client, tmp_path: Path) -> None:
    seasons.published(tmp_path)
    content = office.get(f"{PAGE}bestand/{form}/?van=2020&tot=2021").content

    match form:
        case "csv":
            [_, line, _] = csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";")
            causes = line[-1:]
        case "xlsx":
            [_, row, _] = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
            causes = row[-1:]
        case "json":
            causes = [row["cause"] for row in json.loads(content)["rows"] if row["cause"]]
        case _:
            pdf = pypdfium2.PdfDocument(content)
            causes = re.findall(r"Oorzaak: (.+?)[.]", " ".join(page.get_textpage().get_text_range() for page in pdf))
            pdf.close()

    assert list(causes) == [f"{inert}{seasons.CAUSE}"]


def test_published_and_own_years_stand_in_one_table(office: Client, season: list[PickupPoint], tmp_path: Path) -> None:
    seasons.published(tmp_path)

    found = table(office, "?van=2020&tot=2027")

    assert found["Kaarten"] == ["215.229", "221.879", "187"]
    [own] = office.get("/api/v1/reports/figures/?years=2027").json()["rows"]
    assert found["Met kaart"] == ["125.529*", "/", f"{own['with_card']}*"]
    assert found["Geteld"] == ["–", "–", "91 %"]
    page = shown(office, "?van=2020&tot=2027")
    assert "* 2027: een schatting. Van 91 % van de kaarten in afhaalpunten is geteld wat overbleef" in page
    assert "Teller Met kaart Noemer Kaarten" in page


def same(cell: object) -> object:
    """What a cell of a CSV or XLSX file says: a number, or text."""
    written = "" if cell is None else str(cell)
    return float(written) if re.fullmatch(r"-?[0-9.]+", written) else written


@pytest.mark.parametrize("by", list(FiguresBy))
def test_the_figures_agree(by: FiguresBy, office: Client, season: list[PickupPoint], tmp_path: Path) -> None:
    """Screen, API, CSV, XLSX, PDF, JSON and command, for every breakdown."""
    question = f"?per={by.label}&van=2027&tot=2027"
    told = office.get("/api/v1/reports/figures/", {"by": by.value, "years": "2027"}).json()

    def file(form: str) -> bytes:
        answer = office.get(f"{PAGE}bestand/{form}/{question}")
        assert answer.status_code == 200
        return answer.content

    assert json.loads(file("json")) == told
    out = tmp_path / "cijfers"
    for form in ("csv", "xlsx"):
        call_command("figures", "--by", by.value, "--years", "2027", "--format", form, "--out", f"{out}.{form}")
    assert out.with_suffix(".csv").read_bytes() == file("csv")
    assert out.with_suffix(".xlsx").read_bytes() == file("xlsx")
    lines = list(csv.reader(file("csv").decode("utf-8-sig").splitlines(), delimiter=";"))[1:]
    sheet = openpyxl.load_workbook(io.BytesIO(file("xlsx"))).active
    assert [[same(cell) for cell in row] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        [same(cell) for cell in line] for line in lines
    ]
    screen = table(office, question)
    pdf = pypdfium2.PdfDocument(file("pdf"))
    paper = " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    pdf.close()

    rows = told["rows"] if by == FiguresBy.CHANNEL else [*told["rows"], *told["totals"]]
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        collected = row["collected"]
        assert line[7] == ("" if collected is None else str(collected))
        label = "Totaal" if by != FiguresBy.CHANNEL and row in told["totals"] else row["label"]
        label = label[0].upper() + label[1:]
        cells = screen["Afgehaald"] if by == FiguresBy.CHANNEL else screen[label]
        if row.get("suppressed"):
            assert cells == ["suppressed"]
            continue
        said = whole(collected)
        assert said in {cell.strip("≥ *") for cell in cells}
        assert said in paper
        if by != FiguresBy.CHANNEL:
            assert label in paper


def test_a_level_of_three_people_is_nowhere_with_its_numbers(office: Client, season: list[PickupPoint]) -> None:
    found = table(office, "?per=onderwijsniveau")

    assert found["Leerlingenbegeleiding (clb)"] == ["suppressed"]
    assert [
        one["label"] for one in office.get("/api/v1/reports/figures/?by=level").json()["rows"] if one.get("suppressed")
    ] == ["Lager onderwijs", "Leerlingenbegeleiding (clb)"]


def test_school_years_and_borders_stand_in_the_address(office: Client, season: list[PickupPoint]) -> None:
    found = table(office, "?per=provincie&periode=school")
    now = office.get(f"{PAGE}?per=provincie&grenzen=nu")

    assert found == {"Limburg": ["≥ 34"], "Oost-Vlaanderen": ["≥ 35"], "Totaal": ["≥ 69"]}
    assert now.context["choice"].borders == 2027
    assert now.context["address"] == "per=provincie&van=2027&tot=2027&grenzen=nu"


def test_what_is_not_on_the_form_is_as_if_it_was_not_asked(office: Client, season: list[PickupPoint]) -> None:
    assert table(office, "?per=leeftijd&van=1800&tot=x&periode=week") == table(office)


def test_without_a_year_there_is_a_page_that_says_so(office: Client) -> None:
    assert "Hiervan zijn er geen cijfers." in shown(office)


@pytest.mark.parametrize(
    ("question", "charts"),
    [
        ("", ["wegen", "marges"]),
        ("?per=provincie", ["aandelen"]),
        ("?per=gemeente", ["kaart"]),
        ("?per=afhaalpunt", ["kaart"]),
        ("?per=week", ["weken"]),
        ("?per=onderwijsniveau", ["aandelen"]),
        ("?per=provincie&periode=school", ["gedateerd"]),
        ("?periode=school", ["gedateerd"]),
    ],
)
def test_each_table_has_its_charts(question: str, charts: list[str], office: Client, season: list[PickupPoint]) -> None:
    page = office.get(PAGE + question)

    assert [chart.kind for chart in page.context["charts"]] == charts
    for chart in charts:
        for look in ("licht", "donker", "licht-smal", "donker-smal"):
            address = f"{PAGE}beeld/{chart}/{look}/?{page.context['address']}"
            assert address.replace("&", "&amp;") in page.content.decode()
            picture = office.get(address)
            assert picture["Content-Type"] == "image/svg+xml"
            assert picture["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none'")
            svg = picture.content.decode()
            assert re.findall(r"<script|<style|style=|href=|\son\w+=|<!--", svg) == []
            assert svg == office.get(address).content.decode()


def test_a_chart_that_does_not_belong_to_the_table_is_not_there(office: Client, season: list[PickupPoint]) -> None:
    assert [
        office.get(f"{PAGE}beeld/{path}").status_code
        for path in ("weken/licht/", "wegen/paars/", "kaart/licht/?per=provincie")
    ] == [404, 404, 404]


@pytest.mark.parametrize("by", list(FiguresBy))
def test_queries_do_not_grow_with_the_points(by: FiguresBy, office: Client, card_year: CardYear) -> None:
    office_year.run(card_year)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(f"{PAGE}?per={by.label}").status_code == 200
        return len(queries)

    user = make.new_user()
    seasons.marked(seasons.cards(card_year, 6, at=make.point("een", year=2027)), by=user, at=NOW)
    settled.printed(card_year)
    asked()
    before = asked()
    for code in ("twee", "drie"):
        seasons.marked(seasons.cards(card_year, 6, at=make.point(code, year=2027)), by=user, at=NOW)
    settled.printed(card_year, number=2)

    assert asked() == before


def test_a_snapshot_stays_as_it_was_told(office: Client, reader: Client, season: list[PickupPoint]) -> None:
    question = "?per=provincie&van=2027&tot=2027"
    answer = office.post(f"{PAGE}meegedeeld/bewaren/{question}", {"titel": "  Schriftelijke   vraag 123 "})
    [snapshot] = FiguresSnapshot.objects.all()
    files = {file.name.rpartition(".")[2]: file for file in snapshot.files.all()}
    page = f"{PAGE}meegedeeld/{snapshot.pk}/"

    assert answer["Location"] == page
    assert (snapshot.title, snapshot.at, set(files)) == (
        "Schriftelijke vraag 123",
        AFTER_SEASON,
        {"csv", "xlsx", "pdf", "json"},
    )
    assert {file.keep_until for file in files.values()} == {None}
    assert reader.get(f"{page}bestand/{files['csv'].pk}/").getvalue() == (
        office.get(f"{PAGE}bestand/csv/{question}").content
    )
    told = shown(reader, f"meegedeeld/{snapshot.pk}/")
    assert "Alle cijfers zijn nu nog dezelfde." in told
    assert files["pdf"].sha256 in told
    assert "Schriftelijke vraag 123" in shown(reader, "meegedeeld/")

    # The point that had not counted does so now.
    seasons.counted(CardYear.objects.get(), season[0], 2, by=make.new_user())
    now = text(reader.get(page).content.decode())
    assert "2027, Limburg Afgehaald" in now
    assert "Alle cijfers zijn nu nog dezelfde." not in now
    assert reader.get(f"{page}bestand/{files['json'].pk}/").getvalue() == b"".join(
        bytes(piece.data) for piece in files["json"].pieces.all()
    )


def test_the_same_figures_of_the_same_day_are_the_same_bytes(office: Client, season: list[PickupPoint]) -> None:
    for _ in range(2):
        office.post(f"{PAGE}meegedeeld/bewaren/?per=provincie", {"titel": "Tweemaal"})

    assert len(set(StoredFile.objects.values_list("sha256", flat=True))) == 4
    assert StoredFile.objects.count() == 8


def test_a_snapshot_has_a_title_and_figures(office: Client, reader: Client, season: list[PickupPoint]) -> None:
    nameless = office.post(f"{PAGE}meegedeeld/bewaren/", {"titel": " "}, follow=True)
    empty = office.post(f"{PAGE}meegedeeld/bewaren/?per=week&van=2027&tot=2027&periode=school", {"titel": "x"})

    assert "Schrijf waarvoor of voor wie deze cijfers zijn" in nameless.content.decode()
    assert empty.status_code == 302
    assert reader.post(f"{PAGE}meegedeeld/bewaren/", {"titel": "x"}).status_code == 404
    assert FiguresSnapshot.objects.filter(title="").count() == 0


def test_what_takes_long_is_made_by_a_worker(
    office: Client, reader: Client, season: list[PickupPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures_snapshots, "MOST_AT_ONCE", 2)
    monkeypatch.setattr("distribution.views.office_figures.MOST_AT_ONCE", 2)
    office.post(f"{PAGE}meegedeeld/bewaren/?per=afhaalpunt", {"titel": "Lang"})
    office.get(f"{PAGE}bestand/pdf/?per=afhaalpunt")
    refused = reader.get(f"{PAGE}bestand/pdf/?per=afhaalpunt")
    assert refused["Location"].startswith(PAGE)
    assert set(Job.objects.values_list("kind", "state")) == {(JobKind.FIGURES, JobState.WAITING)}

    for job in Job.objects.all():
        tasks.do_job(job.pk)

    pdf, snapshot = Job.objects.all()
    assert (pdf.state, snapshot.state) == (JobState.DONE, JobState.DONE)
    assert [file.name for file in pdf.files.all()] == ["lerarenkaart-per-afhaalpunt-2027-2027.pdf"]
    assert snapshot.result == {"snapshot": FiguresSnapshot.objects.get().pk}
    assert "Naar de cijfers zoals meegedeeld" in office.get(f"/beheer/werk/{snapshot.pk}/").content.decode()


def test_what_to_count_next_leads_to_the_mail(office: Client, reader: Client, season: list[PickupPoint]) -> None:
    PickupPoint.objects.filter(pk=season[0].pk).update(email="bib@voorbeeld.be", phone="09 123 45 67")
    answer = office.get(f"{PAGE}tellen/?breedte=0,1")
    page = answer.content.decode()

    assert [one.point.code for one in answer.context["answer"].points] == ["punt-00"]
    assert [(one.cards, one.province) for one in answer.context["answer"].points] == [(15, "Limburg")]
    assert "bib@voorbeeld.be" in page
    assert office.get(answer.context["mail"]).status_code == 200
    # A reader sees whom, and cannot mail.
    assert "?punten=" not in reader.get(f"{PAGE}tellen/").content.decode()


@pytest.mark.parametrize("typed", ["veel", "0", "51", "-1", "1,2,3", "9999999"])
def test_a_width_that_is_none_is_told(typed: str, office: Client, season: list[PickupPoint]) -> None:
    assert "Schrijf een getal van 0,1 tot 50" in shown(office, f"tellen/?breedte={typed}")


def test_before_printing_and_when_all_is_counted_there_is_nothing_to_count(office: Client, card_year: CardYear) -> None:
    office_year.run(card_year)
    point = make.point("een", year=2027)
    seasons.cards(card_year, 6, at=point)
    assert "Er zijn nog geen kaarten naar de afhaalpunten gegaan." in shown(office, "tellen/")

    settled.printed(card_year)
    seasons.counted(card_year, point, 2, by=make.new_user())
    assert "Tellen maakt het niet zekerder" in shown(office, "tellen/?breedte=0,1")


def test_what_to_count_asks_as_much_for_three_points_as_for_one(office: Client, card_year: CardYear) -> None:
    office_year.run(card_year)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = office.get(f"{PAGE}tellen/?breedte=0,1")
        return len(answer.context["answer"].points), len(queries)

    seasons.cards(card_year, 6, at=make.point("een", year=2027))
    settled.printed(card_year)
    asked()
    one, queries = asked()
    for code in ("twee", "drie"):
        seasons.cards(card_year, 6, at=make.point(code, year=2027))
    settled.printed(card_year, number=2)

    assert (one, *asked()) == (1, 3, queries)


def test_the_figures_are_in_reach(office: Client, season: list[PickupPoint]) -> None:
    for path in ("/beheer/", "/beheer/punten/punt-00/"):
        assert f'href="{PAGE}' in office.get(path).content.decode().split("<main")[1]
