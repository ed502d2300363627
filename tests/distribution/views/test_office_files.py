"""/beheer/bestanden/: a file sent in, what is shown of it, and the decision; hostile ones; and work on its own pages."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution import tasks
from distribution.actions import stored_files, uploads, years
from distribution.enums import JobKind, JobState, ReadingKind, Source, UploadKind
from distribution.models import Appointment, CardYear, Job, Reading, StoredFile, Upload
from pickup_points.models import KlasseRole, User
from tests import files, make
from tests.conftest import NOW
from tests.corpus.build import FILES
from tests.distribution import office_year
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def office(kim: User) -> Client:
    client = Client()
    client.force_login(kim)
    return client


def colleague() -> Client:
    client = Client()
    client.force_login(office_year.klasse())
    return client


def send(client: Client, content: bytes, *, kind: str = "personeel", name: str = "bestand.csv") -> Any:
    sent = {"soort": kind, "bestand": SimpleUploadedFile(name, content)}
    return client.post("/beheer/bestanden/insturen/", sent)


def looked_at(client: Client, content: bytes, *, kind: str = "personeel", name: str = "bestand.csv") -> str:
    """Send a file in and let the worker look; the address of its page."""
    answer = send(client, content, kind=kind, name=name)
    tasks.do_job(Job.objects.latest("pk").pk)
    return str(answer["Location"])


def said(answer: Any) -> str:
    """The message on the page one is led to."""
    found = re.search(r'class="message \w+">(.*?)</p>', answer.content.decode())
    return found[1] if found else ""


def people(tmp_path: Path, *serials: int) -> bytes:
    return files.personnel(tmp_path / "p.csv", *map(files.appointment, serials)).read_bytes()


def after_a_force(client: Client, card_year: CardYear, tmp_path: Path) -> str:
    """Half of the people would leave: the page on which a rule says no."""
    first = looked_at(client, people(tmp_path, *range(20)))
    client.post(f"{first}inlezen/")
    tasks.do_job(Job.objects.latest("pk").pk)
    return looked_at(client, people(tmp_path, *range(10)))


def test_a_file_is_looked_at_decided_about_and_applied(
    office: Client, kim: User, card_year: CardYear, tmp_path: Path
) -> None:
    page = looked_at(office, people(tmp_path, 1, 2, 3), name="personeel 2027.csv")

    shown = read(office, page)
    assert "Personeel uit het EPD 2027" in shown
    assert "personeel 2027.csv klaar om in te lezen" in shown
    assert "3 nieuw 0 gewijzigd 0 ongewijzigd 0 vertrokken 3 rijen in het bestand: 3 goed." in shown
    assert Appointment.objects.count() == 0

    office.post(f"{page}inlezen/")
    tasks.do_job(Job.objects.latest("pk").pk)

    assert "Ingelezen op 12 januari 2027, 10.00 uur, beslist door Kim Klasse." in read(office, page)
    assert Appointment.objects.count() == 3
    assert "Nu: 3 mensen, 12 januari 2027 door Kim Klasse." in read(office, "/beheer/bestanden/")


def test_turned_down_the_file_goes(office: Client, card_year: CardYear, tmp_path: Path) -> None:
    page = looked_at(office, people(tmp_path, 1))

    answer = office.post(f"{page}afwijzen/", follow=True)

    assert said(answer) == "bestand.csv is afgewezen en wordt niet bewaard."
    assert (StoredFile.objects.count(), Appointment.objects.count()) == (0, 0)
    assert "Afgewezen op 12 januari 2027, 10.00 uur door Kim Klasse." in read(office, page)


def test_against_a_rule_only_with_a_reason_and_a_colleague(
    office: Client, kim: User, card_year: CardYear, tmp_path: Path
) -> None:
    page = after_a_force(office, card_year, tmp_path)
    shown = read(office, page)
    assert (
        "Een regel houdt dit bestand tegen. 10 van de 20 mensen uit deze bron staan niet meer in het bestand" in shown
    )
    assert "--force" not in shown

    assert (
        said(office.post(f"{page}inlezen/", follow=True)) == "Zeg waarom je het toch inleest. Die reden wordt bewaard."
    )
    office.post(f"{page}inlezen/", {"reden": "De helft ging met pensioen"})
    job = Job.objects.latest("pk")
    assert (job.state, job.needs_second) == (JobState.PROPOSED, True)
    assert "vraag een collega van Klasse" in read(office, page)
    agree = f"/beheer/werk/{job.pk}/akkoord/"
    assert "Iemand anders van Klasse moet dit bevestigen" in said(office.post(agree, follow=True))

    second = colleague()
    assert "De reden: “De helft ging met pensioen”" in read(second, page)
    answer = second.post(agree, {"terug": "bestand"})
    tasks.do_job(job.pk)

    assert answer["Location"] == page
    assert Appointment.objects.count() == 10


def test_an_office_of_one_forces_alone(office: Client, card_year: CardYear, tmp_path: Path, settings: Any) -> None:
    settings.FOUR_EYES = False
    page = after_a_force(office, card_year, tmp_path)

    office.post(f"{page}inlezen/", {"reden": "Klopt"})

    assert Job.objects.latest("pk").state == JobState.WAITING


def test_rejects_are_fetched_and_that_is_written_down(office: Client, kim: User, card_year: CardYear) -> None:
    page = looked_at(office, (FILES / "R08.csv").read_bytes())

    shown = read(office, page)
    job = Job.objects.get()
    answer = office.get(f"/beheer/werk/{job.pk}/bestand/{job.files.get().pk}/")

    assert "controlecijfers van het stamboeknummer kloppen niet 1" in shown
    assert b"".join(answer).decode("utf-8-sig").startswith("row;column;code;message;stamboeknummer;")
    assert list(Reading.objects.values_list("kind", "by", "count")) == [(ReadingKind.EXPORT, kim.pk, 2)]


def test_a_file_about_many_people_waits_for_a_colleague(office: Client, kim: User, card_year: CardYear) -> None:
    job = Job.objects.create(
        kind=JobKind.PRINT,
        card_year=card_year,
        lane="print:2027",
        state=JobState.DONE,
        asked_at=NOW,
        ended_at=NOW,
        asked_by=kim,
    )
    job.files.add(stored_files.keep([b"x"], name="druk.zip", content_type="application/zip", at=NOW, people=1001))
    path, fetched = f"/beheer/werk/{job.pk}/", f"/beheer/werk/{job.pk}/bestand/{job.files.get().pk}/"

    assert office.get(fetched, follow=True).redirect_chain == [(path, 302)]
    assert "Iemand anders van Klasse" in said(office.post(f"{path}vrijgeven/", follow=True))
    second = colleague()
    assert second.get(fetched)["Location"] == path
    assert Reading.objects.count() == 0

    second.post(f"{path}vrijgeven/")

    assert b"".join(office.get(fetched)) == b"x"
    assert list(Reading.objects.values_list("count", flat=True)) == [1001]


@pytest.mark.parametrize(
    ("kind", "name", "content", "sentence"),
    [
        ("", "p.csv", b"x", "Kies eerst wat voor bestand het is."),
        ("onbekend", "p.csv", b"x", "Kies eerst wat voor bestand het is."),
        ("personeel", "p.csv", b"", "Dat bestand is leeg."),
    ],
)
def test_what_cannot_be_sent_in_is_told(
    kind: str, name: str, content: bytes, sentence: str, office: Client, card_year: CardYear
) -> None:
    send(office, content, kind=kind, name=name)

    assert sentence in read(office, "/beheer/bestanden/")
    assert (Upload.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_too_large_a_file_is_not_kept_t07(office: Client, card_year: CardYear, settings: Any) -> None:
    settings.UPLOAD_MAX_MB = 1

    send(office, b"x" * (1024 * 1024 + 1))

    assert "Dat bestand is groter dan 1 MB." in read(office, "/beheer/bestanden/")
    assert Upload.objects.count() == 0


def test_a_file_is_taken_at_no_other_door_t07(card_year: CardYear) -> None:
    answer = Client().post("/waarismijnlerarenkaart/", {"bestand": SimpleUploadedFile("x.csv", b"x" * 100)})

    assert answer.status_code < 500
    assert dict(answer.wsgi_request.FILES) == {}


def test_a_name_is_cut_and_shown_as_text_i24(office: Client, card_year: CardYear, tmp_path: Path) -> None:
    page = looked_at(office, people(tmp_path, 1), name="<script>\u202e" + "x" * 240 + ".csv")

    assert len(Upload.objects.get().name) == uploads.LONGEST_NAME
    page_text = office.get(page).content.decode()
    assert "&lt;script&gt;xxx" in page_text
    assert "<script>xxx" not in page_text


@pytest.mark.parametrize("name", ["I13-header.csv", "I14-renamed.csv", "I20-xls.xls", "I22-external.xlsx"])
def test_a_file_of_a_wrong_shape_says_why_and_is_not_kept(name: str, office: Client, card_year: CardYear) -> None:
    page = looked_at(office, (FILES / name).read_bytes(), name=name)

    assert f"Dit bestand kan zo niet ingelezen worden. {Job.objects.get().sentence}".split("'")[0].split('"')[0][
        :90
    ] in read(office, page)
    assert StoredFile.objects.count() == 0


def test_the_second_of_a_kind_is_led_to_the_first(office: Client, card_year: CardYear, tmp_path: Path) -> None:
    first = send(office, people(tmp_path, 1))["Location"]

    answer = send(colleague(), people(tmp_path, 2))

    assert answer["Location"] == first
    assert (Upload.objects.count(), StoredFile.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", ["afhaalpunten", "personeel", "instelling", "abonnees", "kaarthouders", "historiek"])
def test_the_example_of_each_kind_can_be_sent_in_as_it_is(kind: str, office: Client, card_year: CardYear) -> None:
    example = office.get(f"/beheer/bestanden/voorbeeld/{kind}.csv")
    assert example["Content-Disposition"] == f'attachment; filename="voorbeeld-{kind}.csv"'

    page = looked_at(office, example.content, kind=kind, name=f"{kind}.csv")

    assert "1 nieuw" in read(office, page)
    assert "1 rij in het bestand: 1 goed." in read(office, page)


def test_pages_are_for_the_office_alone(card_year: CardYear) -> None:
    reader = Client()
    reader.force_login(office_year.klasse(KlasseRole.READER))

    assert reader.get("/beheer/bestanden/").status_code == 404
    assert "/beheer/bestanden/" not in reader.get("/beheer/").content.decode()


@pytest.mark.parametrize("path", ["/beheer/bestanden/", "/beheer/werk/", "/beheer/"])
def test_lists_ask_the_same_questions_for_one_and_for_three(
    path: str, office: Client, kim: User, card_year: CardYear
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            office.get(path)
        return len(captured)

    def one_of_each(number: int) -> None:
        upload = Upload.objects.create(
            kind=UploadKind.PERSONNEL,
            source=Source.EPD,
            card_year=card_year,
            name="x",
            size=1,
            sha256="",
            at=NOW,
            by=kim,
        )
        upload.file = stored_files.keep([b"x"], name="x", content_type="text/csv", at=NOW)
        upload.save()
        common = {"card_year": card_year, "asked_at": NOW, "asked_by": kim}
        Job.objects.create(kind=JobKind.LOOK, lane=f"l{number}", state=JobState.WAITING, upload=upload, **common)
        for place, state in enumerate((JobState.FAILED, JobState.DONE)):
            Job.objects.create(
                kind=JobKind.LISTS, lane=f"{number}-{place}", state=state, ended_at=NOW, sentence="Stuk", **common
            )
        Job.objects.create(kind=JobKind.RUN, lane=f"r{number}", state=JobState.PROPOSED, needs_second=True, **common)
        Upload.objects.create(
            kind=UploadKind.HISTORY, name="x", size=1, sha256="", at=NOW, by=kim, decided_at=NOW, decided_by=kim
        )

    queries()
    one_of_each(1)
    before = queries()
    one_of_each(2)
    one_of_each(3)

    assert queries() == before


def job_of(kim: User, card_year: CardYear, **fields: Any) -> Job:
    made = {"kind": JobKind.LISTS, "card_year": card_year, "lane": "lists:2027", "asked_at": NOW, "asked_by": kim}
    return Job.objects.create(**(made | fields))


def test_a_job_that_goes_on_says_how_far_and_how_long(office: Client, kim: User, card_year: CardYear) -> None:
    began = NOW - dt.timedelta(minutes=2)
    job = job_of(kim, card_year, state=JobState.RUNNING, started_at=began, done=1000, total=2000)

    page = office.get(f"/beheer/werk/{job.pk}/").content.decode()

    assert '<progress max="2000" value="1000"' in page
    assert "1.000 van 2.000, 50 %, nog ongeveer 2 minuten" in page
    assert '<meta http-equiv="refresh" content="10">' in page
    assert "1 bezig" in office.get("/beheer/punten/").content.decode()


@pytest.mark.parametrize(
    ("done", "words"),
    [(1000, "1.000 van 2.000 rijen gelezen"), (2000, "Alles gelezen; nu vergelijken met wat we kennen")],
)
def test_a_file_that_is_read_promises_no_time(
    done: int, words: str, office: Client, kim: User, card_year: CardYear
) -> None:
    began = NOW - dt.timedelta(minutes=2)
    fields = {"kind": JobKind.LOOK, "state": JobState.RUNNING, "started_at": began, "done": done, "total": 2000}
    job = job_of(kim, card_year, **fields)

    page = office.get(f"/beheer/werk/{job.pk}/").content.decode()

    assert f"<span>{words}</span>" in page
    assert ("value=" in page.split("<progress")[1].split(">")[0]) == (done < 2000)


def test_a_job_that_is_done_says_what_came_of_it_and_where_to_go_on(
    office: Client, kim: User, card_year: CardYear
) -> None:
    result = {"cards": 12345, "lines": [["Lijsten gemaakt", 350], ["Bladzijden", 7000]]}
    job = job_of(kim, card_year, state=JobState.DONE, ended_at=NOW, result=result)

    shown = read(office, f"/beheer/werk/{job.pk}/")

    assert "Lijsten gemaakt 350 Bladzijden 7.000" in shown
    assert "12.345" not in shown
    assert "Naar de afhaallijsten ›" in shown
    assert "http-equiv" not in office.get(f"/beheer/werk/{job.pk}/").content.decode()


def test_counts_without_lines_are_shown_in_dutch(office: Client, kim: User, card_year: CardYear) -> None:
    result = {"rows": 1200, "counts": {"new": 3, "left": 1}, "warnings": {}, "mailing": 7}
    job = job_of(kim, card_year, state=JobState.DONE, ended_at=NOW, result=result)

    assert "Rijen 1.200 Verschil 3 nieuw, 1 vertrokken Verloop" in read(office, f"/beheer/werk/{job.pk}/")


def test_what_failed_is_asked_again_once(office: Client, kim: User, card_year: CardYear) -> None:
    job = job_of(kim, card_year, state=JobState.FAILED, ended_at=NOW, sentence="Stuk.", options={"since": 2})
    again = f"/beheer/werk/{job.pk}/opnieuw/"
    assert "Stuk. Probeer opnieuw" in read(office, f"/beheer/werk/{job.pk}/")

    first, second = office.post(again), office.post(again)

    made = Job.objects.latest("pk")
    assert (first["Location"], second["Location"]) == (f"/beheer/werk/{made.pk}/", f"/beheer/werk/{made.pk}/")
    assert (made.kind, made.options, made.state) == (JobKind.LISTS, {"since": 2}, JobState.WAITING)


def test_what_found_no_room_on_the_disk_is_asked_again(office: Client, kim: User, card_year: CardYear) -> None:
    ended = {"state": JobState.REFUSED, "ended_at": NOW, "sentence": "De schijf is vol."}
    full = job_of(kim, card_year, code="disk_full", options={"since": 2}, **ended)
    other = job_of(kim, card_year, code="nothing_to_freeze", **ended)
    pages = [f"/beheer/werk/{one.pk}/" for one in (full, other)]
    assert ["Probeer opnieuw" in read(office, page) for page in pages] == [True, False]

    for page in reversed(pages):
        office.post(f"{page}opnieuw/")

    assert [(one.options, one.state) for one in Job.objects.exclude(pk__in=[full.pk, other.pk])] == [
        ({"since": 2}, JobState.WAITING)
    ]


def test_what_did_not_fail_is_not_asked_again(office: Client, kim: User, card_year: CardYear) -> None:
    job = job_of(kim, card_year, state=JobState.DONE, ended_at=NOW)

    answer = office.post(f"/beheer/werk/{job.pk}/opnieuw/", follow=True)

    assert said(answer) == "Enkel wat mislukte, kun je zo opnieuw vragen."
    assert Job.objects.count() == 1


def test_the_year_asks_for_attention_until_it_is_solved(
    office: Client, kim: User, card_year: CardYear, tmp_path: Path
) -> None:
    page = looked_at(office, people(tmp_path, 1))
    failed = job_of(kim, card_year, state=JobState.FAILED, ended_at=NOW, sentence="Stuk.")
    job_of(kim, card_year, lane="oud", state=JobState.FAILED, ended_at=NOW - dt.timedelta(days=15), sentence="Oud.")
    proposed = job_of(
        kim, card_year, kind=JobKind.FREEZE, lane="freeze:2027", state=JobState.PROPOSED, needs_second=True
    )

    def links() -> list[str]:
        found = office.get("/beheer/").content.decode().split('id="aandacht"')[1].split("</section>")[0]
        return re.findall(r'href="(/beheer/(?:werk|bestanden)/\d+/)"', found)

    assert links() == [f"/beheer/werk/{proposed.pk}/", page, f"/beheer/werk/{failed.pk}/"]

    office.post(f"/beheer/werk/{failed.pk}/opnieuw/")
    office.post(f"{page}afwijzen/")
    colleague().post(f"/beheer/werk/{proposed.pk}/akkoord/")

    assert links() == []


def test_without_a_year_only_published_figures_can_be_sent_in(office: Client) -> None:
    shown = read(office, "/beheer/bestanden/")

    assert "Gepubliceerde cijfers" in shown
    assert "Abonnees" not in shown
    example = office.get("/beheer/bestanden/voorbeeld/historiek.csv").content
    found = read(office, looked_at(office, example, kind="historiek"))
    assert "1 nieuw" in found
    assert "Oorzaak Vijf afhaalpunten telden niet wat overbleef." in found


def test_another_year_is_chosen_by_its_address(office: Client, card_year: CardYear, tmp_path: Path) -> None:
    years.open_year(2028, at=NOW)
    sent = {"soort": "personeel", "bestand": SimpleUploadedFile("p.csv", people(tmp_path, 1))}

    office.post("/beheer/bestanden/insturen/?jaar=2028", sent)

    upload = Upload.objects.select_related("card_year").get()
    assert upload.card_year is not None
    assert upload.card_year.year == 2028


def test_staff_data_shows_no_name(office: Client, card_year: CardYear) -> None:
    page = looked_at(office, (FILES / "R12.csv").read_bytes())

    content = office.get(page).content.decode()

    assert "rij 2" in content
    assert "Peeters" not in content
    assert re.findall(r"[0-9]{11}", content.split("<main")[1]) == []
    assert make.staff_number(1) not in content


def test_what_cannot_be_taken_now_may_be_looked_at_again(office: Client, card_year: CardYear) -> None:
    point = make.point("vol", year=2027, serves="9000", name="Bib Vol")
    make.card(make.person(card_year), at=point)
    make.batch(card_year)
    points = office.get("/beheer/bestanden/voorbeeld/afhaalpunten.csv").content

    page = looked_at(office, points, kind="afhaalpunten")
    assert "Dit kan nu niet ingelezen worden. Deze afhaalpunten staan niet in het bestand" in read(office, page)
    point.code = "bib-verzinning"
    point.save()
    office.post(f"{page}nakijken/")
    tasks.do_job(Job.objects.latest("pk").pk)

    shown = read(office, page)
    assert "klaar om in te lezen" in shown
    assert "0 nieuw 1 gewijzigd 0 ongewijzigd 0 niet meer mee" in shown


def test_what_nobody_decided_about_is_gone_after_a_month(office: Client, card_year: CardYear, tmp_path: Path) -> None:
    page = looked_at(office, people(tmp_path, 1))
    with time_machine.travel(NOW + uploads.KEPT, tick=False):
        tasks.forget_ended_files()

    assert "dertig dagen niet beslist, dus het bestand wordt niet meer bewaard." in read(office, page)
    assert page not in office.get("/beheer/bestanden/").content.decode()
    assert "niet meer bewaard. Stuur het opnieuw in." in said(office.post(f"{page}inlezen/", follow=True))
