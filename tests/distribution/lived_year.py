"""A year in which everything happened once, for the tests of forgetting, erasing and giving insight."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from distribution.actions import shields, stored_files
from distribution.enums import CardEventKind, CountKind, Evidence, JobKind, JobState, Marking, ReadingKind, VoidReason
from distribution.models import (
    Card,
    CardEvent,
    CardYear,
    EarlierHolder,
    HandOver,
    Job,
    NotEntitled,
    PendingChange,
    Person,
    PersonnelImport,
    PickupList,
    Reading,
    StockCount,
    StoredFile,
    Subscriber,
    Transfer,
    Upload,
    VoidedNumber,
    YearEvent,
)
from pickup_points.models import PickupPoint, User
from tests import make
from tests.conftest import BRUSSELS
from tests.distribution import seasons, settled

LAST_DAY = dt.date(2027, 7, 10)
# Ninety days after it: the first moment without names.
DUE = dt.datetime(2027, 10, 8, 0, 0, tzinfo=BRUSSELS)
TOO_EARLY = DUE - dt.timedelta(seconds=1)
# The next year's people go on 8 October 2028, and with them the numbers of this one.
NUMBERS_DUE = dt.datetime(2028, 10, 8, 0, 0, tzinfo=BRUSSELS)
IN_SEASON = dt.datetime(2027, 2, 3, 10, 0, tzinfo=BRUSSELS)
# Words that may be nowhere once a year is forgotten.
SECRETS = (
    "Vermeulen", "vermeulen", "Geheimstraat", "Geheimdorp", "Schoolgeheim", "Buurvrouw Leen", "verkeerde Annelies",
    "PV 2027/17", "wegens ziekte", "3077",
)  # fmt: skip


@dataclass
class LivedYear:
    """What the year is made of. `card`: of someone to whom everything happened."""

    card_year: CardYear
    points: list[PickupPoint]
    user: User
    person: Person
    card: Card

    @property
    def number(self) -> str:
        return self.person.staff_number


def lived(card_year: CardYear) -> LivedYear:
    """Three points, everyone along every way, a hand-over, a transfer, a void number, a file, a shield, a refusal."""
    user = make.new_user()
    points = [make.point(f"punt-{name}", year=card_year.year, postcode=name) for name in ("9000", "3500", "2000")]
    seasons.drawn(card_year, points, seed=7, share_counted=0.7)
    person = make.person(
        card_year,
        "Vermeulen",
        "Annelies",
        street="Geheimstraat",
        house_number="7",
        box="3",
        municipality="Geheimdorp",
    )
    make.appointment(person, institution_name="Schoolgeheim")
    card = make.card(person, at=points[0], **seasons.home("9000"))
    settled.printed(card_year, number=2)
    made = LivedYear(card_year, points, user, person, card)
    _at_the_desk(made)
    _in_the_office(made)
    return made


def _at_the_desk(made: LivedYear) -> None:
    card, user, [gent, hasselt, *_] = made.card, made.user, made.points
    pickup_list = PickupList.objects.create(
        card_year=made.card_year, pickup_point=gent, revision=1, made_at=IN_SEASON, card_numbers=[card.number]
    )
    Transfer.objects.create(
        card=card, from_point=gent, to_point=hasselt, requested_at=IN_SEASON, requested_by=user, ended_at=IN_SEASON,
        ended_by=user, end_reason="wegens ziekte",
    )  # fmt: skip
    undone = marked(made, undone_at=IN_SEASON, undone_by=user, undo_reason="verkeerde Annelies")
    held = marked(made, collector="Buurvrouw Leen", pickup_list=pickup_list, row=1)
    Card.objects.filter(pk=card.pk).update(state="handed_over", handed_over_at=IN_SEASON)
    for kind, hand_over in (
        (CardEventKind.HANDED_OVER, undone),
        (CardEventKind.UNDONE, undone),
        (CardEventKind.HANDED_OVER, held),
    ):
        CardEvent.objects.create(card=card, kind=kind, at=IN_SEASON, by=user, hand_over=hand_over)
    VoidedNumber.objects.create(
        card=card, number="62799999917", at=IN_SEASON, by=user, reason=VoidReason.STOLEN, reference="PV 2027/17",
        pickup_point=gent, was_waiting=False,
    )  # fmt: skip
    StockCount.objects.create(
        card_year=made.card_year, point=hasselt, kind=CountKind.RECEIVED, counted=3, at=IN_SEASON, by=user
    )
    Reading.objects.create(
        at=IN_SEASON, by=user, point=gent, kind=ReadingKind.SEARCH, cards=[card.pk], count=1, term_hash="ab" * 32
    )


def marked(made: LivedYear, **fields: Any) -> HandOver:
    return HandOver.objects.create(
        id=uuid.uuid4(), card=made.card, point=made.points[0], at=IN_SEASON, said_at=IN_SEASON, recorded_at=IN_SEASON,
        by=made.user, evidence=Evidence.GROUP, **fields,
    )  # fmt: skip


def _in_the_office(made: LivedYear) -> None:
    card_year, user = made.card_year, made.user
    PendingChange.objects.create(card_year=card_year, person=made.person, kind="moved", was="Gent", becomes="Hasselt")
    Subscriber.objects.create(card_year=card_year, staff_number=made.number)
    EarlierHolder.objects.create(year=card_year.year, staff_number=made.number)
    EarlierHolder.objects.create(year=card_year.year - 1, staff_number=made.number)
    NotEntitled.objects.create(person=make.person(card_year, "Vermeulen", "Bart"), reason="no_active_appointment")
    shielded = make.person(card_year, "Vermeulen", "Carla")
    make.card(shielded, at=made.points[1], batch=made.card.batch)
    shields.shield(shielded.staff_number, by=user, at=IN_SEASON)
    samples = {"samples": {"new": [{"row": 2, "last_four": "3077"}], "unserved": [{"postcode": "8300", "people": 3}]}}
    PersonnelImport.objects.create(
        card_year=card_year, source="epd", sha256="0" * 64, at=IN_SEASON, people=9, summary=samples | {"rows": 9}
    )
    job = Job.objects.create(
        kind=JobKind.LISTS, card_year=card_year, lane="lists", state=JobState.DONE, asked_at=IN_SEASON, asked_by=user,
        ended_at=IN_SEASON,
    )  # fmt: skip
    job.files.add(_file("lijsten.zip", by=user, people=9), _file("telling.csv", by=user, people=0))
    Upload.objects.create(
        kind="personnel", card_year=card_year, source="epd", name="epd.csv", size=9, sha256="0" * 64, at=IN_SEASON,
        by=user, file=_file("epd.csv", by=user, people=0), difference=samples,
    )  # fmt: skip
    YearEvent.objects.create(card_year=card_year, kind="run", at=IN_SEASON, summary={"entitled": 9})
    seasons.counted(card_year, made.points[0], 1, by=user, marking=Marking.COMPLETE)


def _file(name: str, *, by: User, people: int) -> StoredFile:
    return stored_files.keep([b"Vermeulen"], name=name, content_type="text/csv", at=IN_SEASON, by=by, people=people)
