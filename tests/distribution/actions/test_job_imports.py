"""Looking at a file that was sent in and applying it: the same counts as the command, nothing unseen, nothing twice."""

import fcntl
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from distribution import tasks
from distribution.actions import import_folders, jobs, personnel, uploads
from distribution.enums import JobKind, JobState, Source, UploadKind
from distribution.models import Appointment, CardYear, Job, Person, PublishedFigures, StoredFile, Subscriber, Upload
from pickup_points.models import PickupPoint, PointYear, User
from tests import files, make
from tests.conftest import NOW
from tests.corpus.build import FILES
from tests.distribution import office_year

pytestmark = pytest.mark.django_db


def send(
    content: bytes,
    *,
    by: User,
    year: CardYear | None,
    kind: UploadKind = UploadKind.PERSONNEL,
    name: str = "bestand.csv",
    source: Source | None = None,
) -> Upload:
    """Take a file in and let the worker look at it."""
    if kind == UploadKind.PERSONNEL:
        source = source or Source.EPD
    upload, job = uploads.take([content], kind=kind, card_year=year, name=name, by=by, at=NOW, source=source)
    tasks.do_job(job.pk)
    upload.refresh_from_db()
    return upload


def apply(upload: Upload, *, by: User, reason: str = "") -> Job:
    job = uploads.ask_apply(upload, by=by, at=NOW, reason=reason)
    tasks.do_job(job.pk)
    upload.refresh_from_db()
    return Job.objects.get(pk=job.pk)


def people(tmp_path: Path, *serials: int, **changes: str) -> bytes:
    rows = [files.appointment(serial, **changes) for serial in serials]
    return files.personnel(tmp_path / "personeel.csv", *rows).read_bytes()


def staff_list(tmp_path: Path, *serials: int) -> bytes:
    return files.staff_numbers(tmp_path / "lijst.csv", *map(make.staff_number, serials)).read_bytes()


def order(*arguments: object) -> dict[str, Any]:
    answer = io.StringIO()
    call_command(*map(str, arguments), "--json", stdout=answer)
    told: dict[str, Any] = json.loads(answer.getvalue())
    return told


@pytest.mark.parametrize("name", ["I02.csv", "I05-le.csv", "I21.xlsx", "R10.csv", "R12.csv", "R32.csv"])
def test_look_tells_what_the_command_does_and_apply_does_it(name: str, card_year: CardYear, kim: User) -> None:
    upload = send((FILES / name).read_bytes(), by=kim, year=card_year, name=name)
    assert Person.objects.count() == 0
    told = order("import_personnel", FILES / name, "--year", 2027, "--dry-run")

    done = apply(upload, by=kim)

    keys = ("rows", "accepted", "rejected", "warnings")
    assert {key: upload.difference[key] for key in keys} == {key: told[key] for key in keys}
    assert upload.difference["counts"] == told["people"]
    assert {key: upload.difference["samples"][key] for key in told["samples"]} == told["samples"]
    assert (done.state, done.result["counts"]) == (JobState.DONE, told["people"])
    assert Person.objects.count() == told["people"]["new"]


def test_look_at_a_wrong_shape_turns_the_file_down(card_year: CardYear, kim: User) -> None:
    upload = send((FILES / "I14-missing.csv").read_bytes(), by=kim, year=card_year)

    job = Job.objects.get(upload=upload)
    assert (job.state, job.code) == (JobState.REFUSED, "file_refused")
    assert upload.difference == {"refused": {"code": "missing_column", "sentence": job.sentence}}
    assert (upload.decided_by, upload.is_applied, upload.file) == (kim, False, None)
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(
    "name", ["I20-pdf.csv", "I20-zip.csv", "I22-macro.xlsx", "I22-entities.xlsx", "I22-password.xlsx"]
)
def test_look_refuses_hostile_files_and_writes_no_row(name: str, card_year: CardYear, kim: User) -> None:
    upload = send((FILES / name).read_bytes(), by=kim, year=card_year, name=name)

    assert (upload.decided_by, upload.is_applied) == (kim, False)
    assert Appointment.objects.count() == 0


def test_look_compares_the_name_with_what_is_in_it(card_year: CardYear, kim: User) -> None:
    upload = send((FILES / "I21.xlsx").read_bytes(), by=kim, year=card_year, name="../../personeel.csv")

    assert upload.difference["refused"]["code"] == "wrong_type"


def test_look_keeps_the_rejects_for_a_month(card_year: CardYear, kim: User, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    upload = send((FILES / "R08.csv").read_bytes(), by=kim, year=card_year)

    kept = Job.objects.get(upload=upload).files.get()
    assert (kept.name, kept.people) == (f"afgekeurde-rijen-{upload.pk}.csv", 2)
    assert kept.keep_until is not None
    assert upload.difference["reject_codes"] == {"bad_check_digits": 1, "bad_birth_date": 1}
    # Nothing of it stays on the disk.
    assert list(tmp_path.iterdir()) == []


def test_mended_rejects_sent_in_add_and_nobody_leaves(card_year: CardYear, kim: User) -> None:
    upload = send((FILES / "R02.csv").read_bytes(), by=kim, year=card_year)
    apply(upload, by=kim)
    pieces = Job.objects.get(upload=upload, kind=JobKind.LOOK).files.get().pieces.all()
    rejects = b"".join(bytes(piece.data) for piece in pieces)
    number = make.staff_number(900_001)

    mended = send(rejects.replace(number[:10].encode(), number.encode()), by=kim, year=card_year, name="afgekeurd.csv")
    apply(mended, by=kim)

    assert mended.difference["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "left": 0}
    assert Person.objects.count() == 101


def test_the_same_file_again_says_so(card_year: CardYear, kim: User) -> None:
    content = (FILES / "I01.csv").read_bytes()
    apply(send(content, by=kim, year=card_year), by=kim)

    again = send(content, by=kim, year=card_year)

    assert again.difference["is_same"] is True
    assert "al ingelezen" in again.difference["notices"][0]


def test_apply_forces_only_with_a_reason_and_keeps_it(card_year: CardYear, kim: User, tmp_path: Path) -> None:
    apply(send(people(tmp_path, *range(20)), by=kim, year=card_year), by=kim)
    half = send(people(tmp_path, *range(10)), by=kim, year=card_year)

    assert half.difference["refusal"] == {
        "code": "too_many_leave",
        "sentence": "10 van de 20 mensen uit deze bron staan niet meer in het bestand: meer dan 5 %. "
        "Is het volledig en van het juiste jaar?",
    }
    assert half.difference["counts"]["left"] == 10
    with pytest.raises(uploads.ReasonNeeded):
        uploads.ask_apply(half, by=kim, at=NOW)
    assert Appointment.objects.count() == 20

    done = apply(half, by=kim, reason="De helft ging met pensioen")

    assert done.state == JobState.DONE
    assert Appointment.objects.count() == 10
    assert half.difference["forced_because"] == "De helft ging met pensioen"
    assert card_year.personnel_imports.latest("pk").forced_because == "De helft ging met pensioen"


def test_a_reason_without_a_refusal_is_not_taken(card_year: CardYear, kim: User, tmp_path: Path) -> None:
    upload = send(people(tmp_path, 1), by=kim, year=card_year)

    with pytest.raises(uploads.NothingToForce):
        uploads.ask_apply(upload, by=kim, at=NOW, reason="Zomaar")


def test_apply_refuses_what_would_do_something_else_than_was_seen(
    card_year: CardYear, kim: User, tmp_path: Path
) -> None:
    seen = send(people(tmp_path, 1, 2, 3), by=kim, year=card_year)
    between = files.personnel(tmp_path / "ander.csv", files.appointment(1))
    personnel.load(card_year, between, source=Source.EPD, at=NOW, rejects_folder=tmp_path)

    job = apply(seen, by=kim)

    assert (job.state, job.code) == (JobState.REFUSED, "changed_since")
    assert (seen.decided_at, Appointment.objects.count()) == (None, 1)
    assert seen.difference["counts"] == {"new": 2, "changed": 0, "unchanged": 1, "left": 0}
    # Seen now, it may.
    assert apply(seen, by=kim).state == JobState.DONE
    assert Appointment.objects.count() == 3


def test_apply_done_again_after_a_worker_died_changes_nothing(card_year: CardYear, kim: User, tmp_path: Path) -> None:
    upload = send(people(tmp_path, 1, 2), by=kim, year=card_year)
    job = apply(upload, by=kim)
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, ended_at=None)

    tasks.do_job(job.pk)

    again = Job.objects.get(pk=job.pk)
    assert (again.state, again.result) == (JobState.DONE, job.result)
    assert card_year.personnel_imports.count() == 1


def test_apply_lets_the_file_go_and_says_who_decided(card_year: CardYear, kim: User, tmp_path: Path) -> None:
    upload = send(people(tmp_path, 1), by=kim, year=card_year)
    assert StoredFile.objects.count() == 1

    apply(upload, by=kim)

    assert (upload.is_applied, upload.decided_by, upload.file) == (True, kim, None)
    assert StoredFile.objects.count() == 0


def test_what_two_agreed_to_is_decided_by_the_second(card_year: CardYear, kim: User, tmp_path: Path) -> None:
    upload, second = send(people(tmp_path, 1), by=kim, year=card_year), office_year.klasse()
    job = uploads.ask_apply(upload, by=kim, at=NOW, needs_second=True)
    tasks.do_job(job.pk)
    assert Appointment.objects.count() == 0

    jobs.agree(job, by=second, at=NOW)
    tasks.do_job(job.pk)

    upload.refresh_from_db()
    assert (upload.decided_by, Appointment.objects.count()) == (second, 1)


def test_subscribers_tell_who_comes_and_goes(card_year: CardYear, kim: User, tmp_path: Path) -> None:
    first = send(staff_list(tmp_path, 1, 2, 3), by=kim, year=card_year, kind=UploadKind.SUBSCRIBERS)
    assert Subscriber.objects.count() == 0
    apply(first, by=kim)

    second = send(staff_list(tmp_path, 3, 4, 4), by=kim, year=card_year, kind=UploadKind.SUBSCRIBERS)

    assert second.difference["counts"] == {"new": 1, "unchanged": 1, "left": 2}
    assert second.difference["warnings"] == {"duplicate_row": 1}
    assert apply(second, by=kim).state == JobState.DONE
    assert Subscriber.objects.count() == 2


def test_card_holders_and_history_are_looked_at_first(card_year: CardYear, kim: User, tmp_path: Path) -> None:
    holders = send(staff_list(tmp_path, 1, 2), by=kim, year=card_year, kind=UploadKind.CARD_HOLDERS)
    told = b"jaar;totaal;abonnement;starters;afgehaald;met_kaart;schatting\n2019;100;10;5;50;65;1\n"
    PublishedFigures.objects.create(year=2019, cards=99, is_estimate=True)
    published = send(told, by=kim, year=None, kind=UploadKind.HISTORY)

    assert (holders.year, holders.difference["counts"]) == (2027, {"new": 2, "unchanged": 0, "left": 0})
    assert published.difference["years"][0]["figures"][0] == {"name": "cards", "was": 99, "becomes": 100}
    assert PublishedFigures.objects.get().cards == 99
    apply(published, by=kim)
    assert PublishedFigures.objects.get().cards == 100


POINTS = (
    "code;naam;soort;straat;huisnummer;postcode;gemeente;ma;di;wo;do;vr;za;zo;postcodes\n"
    "gent;Bib Gent;bibliotheek;Kerkstraat;1;9000;Gent;09:00-12:00;;;;;;;9000 9031\n"
    "nieuw;Bib Nieuw;bibliotheek;Kerkstraat;1;9300;Aalst;09:00-12:00;;;;;;;9300\n"
)


def test_points_are_told_by_name_with_each_postcode_that_moves(card_year: CardYear, kim: User) -> None:
    make.point("gent", year=2027, serves="9000", name="Bib Oud")
    make.point("weg", year=2027, serves="9300 9310", name="Bib Weg")
    make.person(card_year, postcode="9310")

    upload = send(POINTS.encode(), by=kim, year=card_year, kind=UploadKind.POINTS)

    told = upload.difference["points"]
    assert (told["new"], told["left"]) == (["Bib Nieuw"], ["Bib Weg"])
    assert [one["name"] for one in told["changed"]] == ["Bib Gent"]
    assert {"label": "Naam", "was": "Bib Oud", "became": "Bib Gent"} in told["changed"][0]["lines"]
    assert told["moved"] == [
        {"postcode": "9031", "was": "", "becomes": "Bib Gent", "people": 0},
        {"postcode": "9300", "was": "Bib Weg", "becomes": "Bib Nieuw", "people": 0},
        {"postcode": "9310", "was": "Bib Weg", "becomes": "", "people": 1},
    ]
    assert PointYear.objects.count() == 2
    apply(upload, by=kim)
    assert set(PointYear.objects.values_list("point__code", flat=True)) == {"gent", "nieuw"}


def test_points_changed_in_between_are_not_overwritten_unseen(card_year: CardYear, kim: User) -> None:
    gent = make.point("gent", year=2027, serves="9000", name="Bib Gent")
    upload = send(POINTS.encode(), by=kim, year=card_year, kind=UploadKind.POINTS)
    PickupPoint.objects.filter(pk=gent.pk).update(phone="09 123 45 67")

    job = apply(upload, by=kim)

    assert (job.state, job.code) == (JobState.REFUSED, "changed_since")
    assert {"label": "Telefoon", "was": "09 123 45 67", "became": "niets ingevuld"} in upload.difference["points"][
        "changed"
    ][0]["lines"]


def test_a_folder_left_by_a_worker_that_died_goes_and_that_of_a_living_one_stays(
    card_year: CardYear, kim: User, tmp_path: Path, settings: Any
) -> None:
    settings.VAR_DIR = tmp_path / "var"
    dead, living = (settings.VAR_DIR / name for name in ("werk-dood", "werk-levend"))
    for folder in (dead, living):
        folder.mkdir(parents=True)
        (folder / "ingestuurd.csv").write_text("x")
        (folder / import_folders.LOCK).write_text("")

    with (living / import_folders.LOCK).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        send(people(tmp_path, 1), by=kim, year=card_year)

    assert list(settings.VAR_DIR.iterdir()) == [living]
