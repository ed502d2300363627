"""The print run as a whole: which card is on which line of which file, and what never happens half."""

import csv
import datetime as dt
import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import print_run, writing_files
from distribution.actions.print_run import PrintRunSummary
from distribution.documents import files
from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, YearEvent
from distribution.queries.print_run import NotFrozen, UnknownBatch
from tests import make

Write = Callable[..., PrintRunSummary]
PRINTER = "kaartdrukker-2027-reeks-1.csv"


@pytest.fixture
def write(card_year: CardYear, tmp_path: Path, now: dt.datetime) -> Write:
    """A print run of the year into tmp_path/uit, tables only unless asked otherwise."""

    def run(**options: Any) -> PrintRunSummary:
        defaults: dict[str, Any] = {
            "out": tmp_path / "uit",
            "at": now,
            "office_email": "kaart@voorbeeld.be",
            "with_pdf": False,
        }
        return print_run.write(card_year, **(defaults | options))

    return run


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))[1:]


def names(path: Path) -> list[tuple[str, str]]:
    return [(row[2], row[3]) for row in rows(path)]


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_write_gives_one_line_per_card_in_box_order(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    zele = make.point("zele", name="Bibliotheek Zele")
    aalst = make.point("aalst", name="bibliotheek Aalst")
    first = make.card(make.person(card_year, "Çelik", "Ayşe", staff_number="16203040856"), at=aalst)
    for point, last_name, first_name in [
        (zele, "Aerts", "Bo"),
        (aalst, "van Damme", "Ans"),
        (aalst, "Claes", "Tom"),
        (aalst, "Van Damme", "Zoë"),
    ]:
        make.card(make.person(card_year, last_name, first_name), at=point)
    make.batch(card_year)

    summary = write(box_size=3)

    assert (summary.cards, summary.points, summary.boxes) == (5, 2, 3)
    written = rows(tmp_path / "uit" / PRINTER)
    goes_to = ["afhaalpunt", "aalst", "bibliotheek Aalst"]
    assert written[0] == ["1", first.number, "Çelik", "Ayşe", "16203040856", "2027", *goes_to, "1", "1", ""]
    assert [(row[0], row[2], row[3], row[7], row[9], row[10]) for row in written] == [
        ("1", "Çelik", "Ayşe", "aalst", "1", "1"),
        ("2", "Claes", "Tom", "aalst", "1", "2"),
        ("3", "van Damme", "Ans", "aalst", "1", "3"),
        ("4", "Van Damme", "Zoë", "aalst", "2", "1"),
        ("5", "Aerts", "Bo", "zele", "1", "1"),
    ]
    assert rows(tmp_path / "uit" / "leveringen-2027-reeks-1.csv") == [
        ["aalst", "bibliotheek Aalst", "Kerkstraat 1", "9000 Gent", "2", "4"],
        ["zele", "Bibliotheek Zele", "Kerkstraat 1", "9000 Gent", "1", "1"],
    ]


def test_write_orders_namesakes_by_card_number_and_points_of_one_name_by_code(
    card_year: CardYear, tmp_path: Path, write: Write
) -> None:
    second, first = make.point("b", name="Bibliotheek"), make.point("a", name="Bibliotheek")
    numbers = [make.card(make.person(card_year), at=point).number for point in (second, second, first)]
    make.batch(card_year)

    write()

    assert [row[1] for row in rows(tmp_path / "uit" / PRINTER)] == [numbers[2], *sorted(numbers[:2])]


def test_write_gives_the_mailing_house_an_address_and_no_staff_number(
    card_year: CardYear, tmp_path: Path, write: Write
) -> None:
    abroad = make.person(card_year, "Jansen", "Piet", box="2", postcode="1234 AB", municipality="Sluis", country="NL")
    card = make.card(abroad, channel=Channel.SUBSCRIPTION)
    make.batch(card_year)

    write()

    assert rows(tmp_path / "uit" / "abonnementen-2027-reeks-1.csv") == [
        ["1", card.number, "Jansen", "Piet", "Voorbeeldstraat", "7", "2", "1234 AB", "Sluis", "NL"]
    ]
    assert [row[6:] for row in rows(tmp_path / "uit" / PRINTER)] == [["abonnement", "", "", "", "", ""]]
    assert abroad.staff_number.encode() not in (tmp_path / "uit" / "abonnementen-2027-reeks-1.csv").read_bytes()


def test_write_gives_each_starter_mailing_a_file_of_its_own(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    for last_name, month in [("Wouters", 1), ("Aerts", 3), ("Bos", 1)]:
        person = make.person(card_year, last_name)
        make.card(person, channel=Channel.STARTER, mailing_on=dt.date(2027, month, 15))
    make.batch(card_year)

    write()

    out = tmp_path / "uit"
    assert [(row[0], row[2]) for row in rows(out / "starters-2027-2027-01-15-reeks-1.csv")] == [
        ("1", "Bos"),
        ("2", "Wouters"),
    ]
    assert [(row[0], row[2]) for row in rows(out / "starters-2027-2027-03-15-reeks-1.csv")] == [("3", "Aerts")]
    assert [(row[2], row[6], row[11]) for row in rows(out / PRINTER)] == [
        ("Bos", "starter", "2027-01-15"),
        ("Wouters", "starter", "2027-01-15"),
        ("Aerts", "starter", "2027-03-15"),
    ]


def test_write_sets_cards_without_a_point_apart(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    make.card(make.person(card_year, "Peeters"), at=make.point())
    make.card(make.person(card_year, "Zonderland"))
    make.batch(card_year)

    summary = write()

    assert (summary.cards, summary.without_point, summary.channels["pickup"]) == (2, 1, 2)
    assert names(tmp_path / "uit" / PRINTER) == [("Peeters", "An")]
    apart = rows(tmp_path / "uit" / "kaartdrukker-2027-reeks-1-zonder-afhaalpunt.csv")
    assert [(row[0], row[2]) for row in apart] == [("2", "Zonderland")]


def test_write_leaves_out_withdrawn_and_void_cards_and_counts_them(
    card_year: CardYear, tmp_path: Path, write: Write, now: dt.datetime
) -> None:
    point = make.point()
    kept, handed_over, withdrawn, void = (
        make.card(make.person(card_year, last_name), at=point) for last_name in ("Aerts", "Bos", "Claes", "Dubois")
    )
    make.batch(card_year)
    Card.objects.filter(pk=handed_over.pk).update(state=CardState.HANDED_OVER, handed_over_at=now)
    Card.objects.filter(pk=withdrawn.pk).update(state=CardState.WITHDRAWN, withdrawn_at=now)
    Card.objects.filter(pk=void.pk).update(state=CardState.VOID)

    summary = write()

    assert (summary.cards, summary.left_out) == (2, 2)
    assert [row[1] for row in rows(tmp_path / "uit" / PRINTER)] == [kept.number, handed_over.number]


def test_write_takes_the_latest_batch_unless_asked_otherwise(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    point = make.point()
    make.card(make.person(card_year, "Eerste"), at=point)
    make.batch(card_year, 1)
    make.card(make.person(card_year, "Tweede"), at=point)
    make.batch(card_year, 2)

    latest, first = write(), write(number=1)

    assert (latest.batch, first.batch) == (2, 1)
    assert names(tmp_path / "uit" / "kaartdrukker-2027-reeks-2.csv") == [("Tweede", "An")]
    assert names(tmp_path / "uit" / PRINTER) == [("Eerste", "An")]


def test_write_before_freezing_is_refused(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    make.card(make.person(card_year), at=make.point())

    with pytest.raises(NotFrozen, match="nog niet bevroren"):
        write()

    assert not (tmp_path / "uit").exists()
    assert not YearEvent.objects.filter(kind="print_run_written").exists()


def test_write_refuses_an_unknown_batch(card_year: CardYear, write: Write) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)

    with pytest.raises(UnknownBatch, match="drukreeks 7"):
        write(number=7)


@pytest.mark.parametrize("size", [0, -1, 10_001])
def test_write_refuses_an_impossible_box(card_year: CardYear, write: Write, size: int) -> None:
    with pytest.raises(print_run.BadBoxSize):
        write(box_size=size)


def test_write_counts_both_sides(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    make.card(make.person(card_year), at=make.point())
    batch = make.batch(card_year)
    batch.cards = 2
    batch.save()

    with pytest.raises(print_run.CountsDiffer, match="telde deze drukreeks 2 kaarten, nu 1"):
        write()

    assert content(tmp_path / "uit") == {}
    assert not YearEvent.objects.filter(kind="print_run_written").exists()


def test_write_gives_the_same_bytes_again(card_year: CardYear, tmp_path: Path, write: Write, now: dt.datetime) -> None:
    point = make.point()
    for last_name in ("Aerts", "Bos", "Claes"):
        make.card(make.person(card_year, last_name), at=point)
    make.batch(card_year)
    write(with_pdf=True, box_size=2)
    first = content(tmp_path / "uit")

    write(with_pdf=True, box_size=2, at=now + dt.timedelta(days=40))
    write(with_pdf=True, box_size=2, out=tmp_path / "elders")

    assert content(tmp_path / "uit") == first
    assert content(tmp_path / "elders") == first
    assert sorted(first) == [
        "dozen-2027-reeks-1.pdf",
        PRINTER,
        "leveringen-2027-reeks-1.csv",
        "overzicht-2027-reeks-1.csv",
        f"paklijsten/paklijst-{point.code}-2027-reeks-1.pdf",
    ]


def test_write_ends_with_an_overview_of_every_file(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    point = make.point()
    make.card(make.person(card_year), at=point)
    make.card(make.person(card_year), channel=Channel.SUBSCRIPTION)
    make.batch(card_year)

    summary = write(with_pdf=True)

    out = tmp_path / "uit"
    overview = rows(out / "overzicht-2027-reeks-1.csv")
    assert summary.files == [row[0] for row in overview] + ["overzicht-2027-reeks-1.csv"]
    assert [(row[0], row[2], row[3]) for row in overview] == [
        (PRINTER, "2", "kaarten"),
        ("abonnementen-2027-reeks-1.csv", "1", "kaarten"),
        ("leveringen-2027-reeks-1.csv", "1", "afhaalpunten"),
        ("dozen-2027-reeks-1.pdf", "1", "dozen"),
        (f"paklijsten/paklijst-{point.code}-2027-reeks-1.pdf", "1", "dozen"),
    ]
    for name, _, _, _, size, fingerprint in overview:
        written = (out / name).read_bytes()
        assert (str(len(written)), hashlib.sha256(written).hexdigest()) == (size, fingerprint)


def test_write_removes_what_no_longer_belongs_to_the_batch_unless_somebody_changed_it(
    card_year: CardYear, tmp_path: Path, write: Write
) -> None:
    out = tmp_path / "uit"
    moved = make.card(make.person(card_year, "Aerts"), channel=Channel.SUBSCRIPTION)
    make.card(make.person(card_year, "Bos"))
    make.batch(card_year)
    write()
    (out / "kaartdrukker-2027-reeks-1-zonder-afhaalpunt.csv").write_text("nagekeken door An")
    Card.objects.filter(card_year=card_year).update(
        channel=Channel.PICKUP, pickup_point=make.point(), assigned_by="by_office"
    )

    write()

    assert names(out / PRINTER) == [("Aerts", "An"), ("Bos", "An")]
    assert rows(out / PRINTER)[0][1] == moved.number
    assert sorted(path.name for path in out.iterdir()) == [
        "kaartdrukker-2027-reeks-1-zonder-afhaalpunt.csv",
        PRINTER,
        "leveringen-2027-reeks-1.csv",
        "overzicht-2027-reeks-1.csv",
    ]


def test_write_leaves_an_event_with_counts_only(card_year: CardYear, write: Write, now: dt.datetime) -> None:
    by = make.new_user()
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)

    write(by=by)

    event = YearEvent.objects.get(kind="print_run_written")
    assert (event.card_year, event.at, event.by) == (card_year, now, by)
    assert event.summary == {
        "year": 2027,
        "batch": 1,
        "cards": 1,
        "channels": {"subscription": 0, "starter": 0, "pickup": 1},
        "without_point": 0,
        "left_out": 0,
        "points": 1,
        "boxes": 1,
        "files": 3,
        "box_size": 250,
    }


def test_write_has_no_name_of_a_person_in_a_file_name(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    make.card(make.person(card_year, "Vandenbroucke", "Odette"), at=make.point("bib-gent"))
    make.batch(card_year)

    summary = write(with_pdf=True)

    assert all(re.fullmatch(r"[a-z0-9/-]+-2027-reeks-1\.(csv|pdf)", name) for name in summary.files)


def test_write_asks_the_same_number_of_questions_at_any_size(card_year: CardYear, write: Write) -> None:
    asked = []
    for number, people in ((1, 1), (2, 3)):
        for _ in range(people):
            make.card(make.person(card_year), at=make.point())
            make.card(make.person(card_year), channel=Channel.SUBSCRIPTION)
            make.card(make.person(card_year), channel=Channel.STARTER, mailing_on=dt.date(2027, 1, 15))
            make.card(make.person(card_year))
        make.batch(card_year, number)
        with CaptureQueriesContext(connection) as context:
            write()
        asked.append(len(context))

    assert asked[0] == asked[1]
    # The batch, the points, their days and order, the cards; the event; and what stands around them on PostgreSQL.
    assert asked[0] <= 16


@pytest.mark.parametrize("moment", ["tables", "parcels"], ids=["F6-tables", "F6-parcels"])
def test_write_on_a_full_disk_leaves_the_earlier_files_alone(
    card_year: CardYear, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)
    write(with_pdf=True)
    before = content(tmp_path / "uit")
    Card.objects.filter(card_year=card_year).update(pickup_point=make.point())

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if moment == "tables":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr("distribution.documents.pdf.render", full)

    with pytest.raises(writing_files.DiskFull, match="schijf is vol"):
        write(with_pdf=True)

    assert content(tmp_path / "uit") == before
    assert YearEvent.objects.filter(kind="print_run_written").count() == 1


def test_write_refuses_when_the_disk_has_too_little_room(
    card_year: CardYear, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)
    usage = type("usage", (), {"free": 1_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)

    with pytest.raises(writing_files.DiskFull, match=r"minstens 61 MB"):
        write()


def test_write_into_a_folder_where_another_run_writes_is_refused(
    card_year: CardYear, tmp_path: Path, write: Write
) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)
    out = tmp_path / "uit"
    out.mkdir()
    handle = os.open(out, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)

    try:
        with pytest.raises(writing_files.FolderInUse):
            write()
    finally:
        os.close(handle)

    assert content(out) == {}


def test_write_where_a_file_stands_in_the_way_is_refused(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)
    (tmp_path / "uit").write_text("geen map")

    with pytest.raises(writing_files.CannotWrite) as refused:
        write()

    assert refused.value.code == "cannot_write"
    assert str(tmp_path) not in str(refused.value)


def test_write_clears_what_a_killed_run_left_behind(card_year: CardYear, tmp_path: Path, write: Write) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)
    left_behind = tmp_path / "uit" / ".drukwerk-2027" / "kaartdrukker.csv"
    left_behind.parent.mkdir(parents=True)
    left_behind.write_text("half")

    write()

    assert not left_behind.parent.exists()


def test_write_keeps_out_of_files_an_overview_from_elsewhere_names(
    card_year: CardYear, tmp_path: Path, write: Write
) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)
    other = tmp_path / "van-een-ander.csv"
    other.write_text("blijf af")
    write()
    overview = tmp_path / "uit" / "overzicht-2027-reeks-1.csv"
    overview.write_text(f"bestand;sha256\n../van-een-ander.csv;{files.sha256(other)}\n")

    write()

    assert other.read_text() == "blijf af"
