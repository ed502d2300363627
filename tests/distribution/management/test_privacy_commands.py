"""The commands purge, subject_access, erase and verify_audit: one JSON object, exit 2 with a sentence, and nobody's number in a name."""

import datetime as dt
import io
import json
import logging
import stat
import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import time_machine
from django.core.management import CommandError, call_command

from distribution.actions import reading_seals
from distribution.enums import ReadingKind
from distribution.models import CardYear, Person, Reading, ReadingSeal
from distribution.queries.subject_access import CONSOLE
from pickup_points.models import KlasseRole, User
from tests import make
from tests.distribution import lived_year
from tests.distribution.lived_year import DUE, IN_SEASON, TOO_EARLY, LivedYear

pytestmark = pytest.mark.django_db
REFUSED = 2


@pytest.fixture
def year(card_year: CardYear) -> LivedYear:
    return lived_year.lived(card_year)


def order(*arguments: str, at: dt.datetime = IN_SEASON) -> dict[str, Any]:
    answer = io.StringIO()
    with time_machine.travel(at, tick=False):
        call_command(*arguments, "--json", stdout=answer)
    told: dict[str, Any] = json.loads(answer.getvalue())
    return told


def said(*arguments: str, at: dt.datetime = IN_SEASON) -> str:
    answer = io.StringIO()
    with time_machine.travel(at, tick=False):
        call_command(*arguments, stdout=answer)
    return answer.getvalue()


def refusal(*arguments: str, at: dt.datetime = IN_SEASON) -> str:
    with pytest.raises(CommandError) as refused:
        order(*arguments, at=at)
    assert refused.value.returncode == REFUSED
    return str(refused.value)


def test_purge_rehearses_and_then_does_the_same(year: LivedYear) -> None:
    rehearsed = order("purge", "--year", "2027", "--dry-run", at=DUE)
    assert Person.objects.filter(last_name="Vermeulen").exists()

    done = order("purge", "--year", "2027", at=DUE)

    assert rehearsed | {"dry_run": False} == done
    assert set(Person.objects.values_list("last_name", flat=True)) == {"(gewist)"}
    assert (done["people_on"], done["numbers_on"], done["numbers_gone"]) == ("2027-10-08", "2028-10-08", False)


def test_purge_tells_a_person_what_went(year: LivedYear) -> None:
    told = said("purge", "--year", "2027", "--dry-run", at=DUE).splitlines()

    assert told[0] == "Kaartjaar 2027"
    assert told[1] == f"     namen en adressen  {Person.objects.count()}"
    assert told[-2:] == [
        "De stamboeknummers blijven tot 2028-10-08: het volgende jaar vraagt wie een kaart had.",
        "Dit was een proef: er is niets gewist.",
    ]


def test_purge_before_its_day_asks_for_a_reason(year: LivedYear) -> None:
    assert refusal("purge", "--year", "2027", at=TOO_EARLY) == (
        "Namen en adressen van 2027 mogen weg vanaf 08/10/2027: 90 dagen na de laatste afhaaldag (10/07/2027). "
        "Klopt het toch, geef dan een reden met --force."
    )
    assert refusal("purge", "--year", "2031").startswith("Het jaar 2031 is niet geopend.")


def test_purge_without_a_year_takes_everything_that_is_due(year: LivedYear, settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path

    done = order("purge", at=DUE)

    assert [one["year"] for one in done["years"]] == [2027]
    assert {kind: done[kind] for kind in ("seals_without_words", "readings", "rejects_files", "accounts")} == {
        "seals_without_words": 1,
        "readings": 0,
        "rejects_files": 0,
        "accounts": 0,
    }
    assert order("purge", at=DUE)["years"] == []


def test_purge_follows_the_settings(year: LivedYear, settings: Any) -> None:
    settings.RETENTION = settings.RETENTION | {"people_days": 10}

    assert order("purge", "--year", "2027", at=dt.datetime(2027, 7, 20, 9, tzinfo=dt.UTC))["people_on"] == "2027-07-20"


def test_subject_access_writes_both_files_and_a_reading(year: LivedYear, tmp_path: Path) -> None:
    began = time.monotonic()

    done = order("subject_access", year.number, "--out", str(tmp_path / "uit"))

    assert time.monotonic() - began < 60
    assert sorted(Path(path).name for path in done["files"]) == ["inzage.json", "inzage.pdf"]
    as_json, as_pdf = (tmp_path / "uit" / name for name in ("inzage.json", "inzage.pdf"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (as_json, as_pdf)} == {0o600}
    answer = json.loads(as_json.read_text(encoding="utf-8"))
    assert (answer["staff_number"], answer["years"][0]["person"][0]["last_name"]) == (year.number, "Vermeulen")
    look = Reading.objects.latest("pk")
    assert (look.kind, look.cards, look.count, look.reason, look.by.email) == (
        ReadingKind.EXPORT,
        [year.card.pk],
        1,
        "verzoek om inzage",
        CONSOLE,
    )


def test_the_pdf_is_tagged_and_its_title_is_nobody(year: LivedYear, tmp_path: Path) -> None:
    order("subject_access", year.number, "--out", str(tmp_path))

    with pikepdf.open(tmp_path / "inzage.pdf") as pdf:
        meta = str(pdf.open_metadata())
        assert pdf.Root.MarkInfo.Marked
        assert (str(pdf.docinfo["/Title"]), str(pdf.Root.Lang)) == ("Wat we over je bewaren", "nl-BE")
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "inzage.pdf"))
    assert (year.number in meta, "Vermeulen" in meta) == (False, False)
    for word in (year.number, "Vermeulen", "Geheimstraat", "Schoolgeheim", "Buurvrouw Leen", "PV 2027/17"):
        assert word in text


def test_subject_access_of_nobody_is_refused_and_leaves_no_file(year: LivedYear, tmp_path: Path) -> None:
    readings = Reading.objects.count()

    assert refusal("subject_access", make.staff_number(), "--out", str(tmp_path / "uit")) == (
        "Onder dit stamboeknummer is er niets bewaard."
    )
    assert refusal("subject_access", "123", "--out", str(tmp_path / "uit"))
    assert ((tmp_path / "uit").exists(), Reading.objects.count()) == (False, readings)


@pytest.mark.parametrize(
    "command", [("subject_access", "--out", "/nergens"), ("erase", "--reason", "vraag van 3 maart")]
)
def test_of_a_mistyped_number_no_command_says_that_nothing_is_kept(year: LivedYear, command: tuple[str, ...]) -> None:
    name, *arguments = command

    assert refusal(name, "10001110062", *arguments) == (
        "Niets gevonden, en de laatste twee cijfers passen niet bij de rest: kijk het nummer na."
    )


def test_commands_about_a_person_read_the_number_from_standard_input(
    year: LivedYear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{year.number}\n"))

    assert order("subject_access", "-", "--out", str(tmp_path))["years"] == [2027]


def test_the_account_that_answers_is_one_of_the_office(year: LivedYear, tmp_path: Path) -> None:
    User.objects.filter(pk=year.user.pk).update(klasse_role=KlasseRole.READER)
    arguments = ("subject_access", year.number, "--out", str(tmp_path), "--by", year.user.email)
    assert refusal(*arguments) == "Dit is geen account van Klasse dat het jaar mag beheren."

    User.objects.filter(pk=year.user.pk).update(klasse_role=KlasseRole.OFFICE)
    order(*arguments)

    assert Reading.objects.latest("pk").by == year.user


def test_nobody_can_log_in_as_the_server(year: LivedYear, tmp_path: Path) -> None:
    for _ in range(2):
        order("subject_access", year.number, "--out", str(tmp_path))

    server = User.objects.get(email=CONSOLE)
    assert (server.is_active, server.has_usable_password(), server.klasse_role) == (False, False, "")


def test_erase_tells_what_went_and_what_stays(year: LivedYear) -> None:
    done = order("erase", year.number, "--reason", "vraag van 3 maart")

    assert (done["years"], done["erased"]["people"]) == ([2027], 1)
    assert done["kept"][0] == {
        "what": "stamboeknummer per kaartjaar",
        "why": "één kaart per persoon per jaar, en wie vorig jaar een kaart had is geen starter",
        "until": "2028-10-08",
    }
    assert said("erase", year.number, "--reason", "nog eens").startswith("Gewist in 2027: 0 rijen.\nWat blijft:\n")


def test_erase_while_the_card_waits_is_refused(year: LivedYear) -> None:
    waiting = make.card(make.person(year.card_year), at=year.points[0])
    number = waiting.person.staff_number

    assert refusal("erase", number, "--reason", "vraag") == (
        "De kaart van 2027 moet nog naar deze persoon toe. Zonder naam vindt geen balie ze terug. "
        "Klopt het toch, geef dan een reden met --force."
    )
    assert order("erase", number, "--reason", "vraag", "--force", "staat erop")["years"] == [2027]


def test_verify_audit_says_it_fits_and_gives_the_latest_seal(year: LivedYear, settings: Any) -> None:
    reading_seals.seal(at=IN_SEASON, secret=settings.AUDIT_KEY)

    done = order("verify_audit")

    assert {kind: done[kind] for kind in ("seals", "readings", "gone", "unsealed")} == {
        "seals": 1,
        "readings": 1,
        "gone": 0,
        "unsealed": 0,
    }
    assert order("verify_audit", "--digest", done["latest"]) == done
    assert said("verify_audit").startswith("De keten klopt: 1 inzages onder 1 zegels")
    assert refusal("verify_audit", "--digest", "00").startswith("Dit zegel zit niet in de keten")


def test_verify_audit_names_the_seal_that_does_not_fit(year: LivedYear, settings: Any) -> None:
    reading_seals.seal(at=IN_SEASON, secret=settings.AUDIT_KEY)

    Reading.objects.update(count=2)

    assert refusal("verify_audit") == (
        "De keten klopt niet: zegel 1 van 03/02/2027 10.00: een inzage is veranderd, verdwenen of bijgekomen."
    )


def test_a_seal_in_the_log_looks_like_no_number_of_a_person(
    year: LivedYear, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        reading_seals.seal(at=IN_SEASON, secret=settings.AUDIT_KEY)

    digest = ReadingSeal.objects.get().digest
    [line] = [record.getMessage() for record in caplog.records if "Seal" in record.getMessage()]
    assert line.split(": ")[1].rstrip(".").replace(":", "") == digest
