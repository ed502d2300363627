"""A point that stops: places and cards together, its settlement closes, and until a card leaves it can be taken back."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import settlements, transfers, transfers_all
from distribution.actions.stopping import AlreadySent, Sent
from distribution.enums import AssignedBy, CardEventKind, CardState
from distribution.models import Card, CardEvent, CardYear, Job, Mailing, MailToPoint, Transfer, YearEvent
from distribution.queries import settlements as queries
from distribution.queries import stopping as pictures
from distribution.rules import reconciliation
from distribution.rules.reconciliation import Grade, Tolerance
from lerarenkaart import stopping
from lerarenkaart.stopping import StopRefused
from pickup_points.desks import Desk
from pickup_points.models import PickupPoint, PointChange, PointYear, ServedPostcode, User
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year, settled

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)
TOLERANCE = Tolerance(cards=2, percent=1)


@dataclass(frozen=True)
class Scene:
    """Gent stops and Aalst follows. Gent has ten printed cards and two that are not printed yet."""

    card_year: CardYear
    gent: Desk
    aalst: Desk
    printed: list[Card]
    loose: list[Card]
    kim: User

    def stop(self, at: dt.datetime = NOW) -> Sent:
        sent, _ = stopping.stop(self.card_year, point=self.gent.point, follower=self.aalst.point, by=self.kim, at=at)
        return sent

    def go_on(self) -> Sent:
        return stopping.go_on(self.card_year, point=self.gent.point, by=self.kim, at=LATER)

    def send(self) -> int:
        return transfers_all.send(
            desk=self.gent, to=self.aalst.point, card_year_id=self.card_year.pk, by=self.gent.user, at=LATER
        )

    def receive(self) -> int:
        return transfers_all.receive(
            desk=self.aalst, sender=self.gent.point, card_year_id=self.card_year.pk, by=self.aalst.user, at=LATER
        )


@pytest.fixture
def scene(card_year: CardYear) -> Scene:
    gent = make.member(make.point("gent", year=2027, serves="9000 9031", email="gent@voorbeeld.be"), is_manager=True)
    aalst = make.member(make.point("aalst", year=2027, serves="9300"), is_manager=True)
    ServedPostcode.objects.create(point=gent.point, year=2027, postcode="9300", is_choice=True)
    ServedPostcode.objects.create(point=gent.point, year=2027, postcode="9040", is_choice=True)
    ServedPostcode.objects.create(point=aalst.point, year=2027, postcode="9000", is_choice=True)
    printed = settled.cards(card_year, 10, at=gent.point)
    settled.printed(card_year)
    loose = settled.cards(card_year, 2, at=gent.point)
    return Scene(card_year, gent, aalst, printed, loose, office_year.klasse())


def served() -> set[tuple[str, str, bool]]:
    return set(ServedPostcode.objects.values_list("point__code", "postcode", "is_choice"))


def test_stop_moves_postcodes_loose_cards_and_asks_for_the_printed(scene: Scene) -> None:
    sent = scene.stop()

    assert sent == Sent(transfers=10, moved=2, ended=0)
    part = PointYear.objects.get(point=scene.gent.point)
    assert (part.stopped_at, part.stopped_by, part.followed_by) == (NOW, scene.kim, scene.aalst.point)
    assert served() == {
        ("aalst", "9000", False), ("aalst", "9031", False), ("aalst", "9300", False), ("aalst", "9040", True)
    }  # fmt: skip
    assert set(Transfer.objects.values_list("from_point__code", "to_point__code", "sent_at")) == {
        ("gent", "aalst", None)
    }
    assert Card.objects.filter(pickup_point=scene.aalst.point).count() == 2
    assert sorted(CardEvent.objects.values_list("kind", flat=True)) == ["moved"] * 2 + ["requested"] * 10
    assert YearEvent.objects.get(kind="point_stopped").summary == {
        "point": "gent", "follower": "aalst", "transfers": 10, "moved": 2, "ended": 0
    }  # fmt: skip
    assert PointChange.objects.get(point=scene.gent.point).fields == {
        "stopped": ["", "Bibliotheek aalst"],
        "serves": [["9000", "9031"], []],
        "choice_for": [["9040", "9300"], []],
    }
    assert PointChange.objects.get(point=scene.aalst.point).fields == {
        "serves": [["9300"], ["9000", "9031", "9300"]],
        "choice_for": [["9000"], ["9040"]],
    }


def test_both_ends_are_told_by_one_mail_each(scene: Scene) -> None:
    _, job = stopping.stop(scene.card_year, point=scene.gent.point, follower=scene.aalst.point, by=scene.kim, at=NOW)

    mailing = Mailing.objects.get()
    assert job == Job.objects.get()
    assert (mailing.kind, job.options, mailing.subject) == (
        "stopped", {"mailing": mailing.pk}, "Bibliotheek gent stopt als afhaalpunt"
    )  # fmt: skip
    assert "Er wachten daar nog 10 kaarten." in mailing.body
    assert list(MailToPoint.objects.order_by("pk").values_list("point__code", "addresses", "failure")) == [
        ("gent", 2, ""), ("aalst", 1, "")
    ]  # fmt: skip


def test_stop_takes_as_many_questions_for_one_card_as_for_many(card_year: CardYear, scene: Scene) -> None:
    points = [make.point("klein", year=2027, serves="8000"), make.point("groot", year=2027, serves="8500")]
    for point, number in zip(points, (1, 30), strict=True):
        settled.cards(card_year, number, at=point)
    settled.printed(card_year, number=2)
    for point, number in zip(points, (1, 30), strict=True):
        settled.cards(card_year, number, at=point)
    counted = []
    for point in points:
        with CaptureQueriesContext(connection) as captured:
            stopping.stop(card_year, point=point, follower=scene.aalst.point, by=scene.kim, at=NOW)
        counted.append(len(captured))

    assert counted[0] == counted[1]


def test_the_figures_of_both_close_after_the_last_card(scene: Scene) -> None:
    settled.handed_over(scene.printed[:3], desk=scene.gent, at=NOW - dt.timedelta(days=1))
    Card.objects.filter(pk=scene.printed[3].pk).update(state=CardState.VOID)
    assert scene.stop() == Sent(transfers=6, moved=2, ended=0)
    # Somebody still comes for a card before the box leaves.
    settled.handed_over(scene.printed[4:5], desk=scene.gent, at=LATER)

    assert (scene.send(), scene.send(), scene.receive(), scene.receive()) == (5, 0, 5, 0)
    settlements.count_left_over(scene.card_year, desk=scene.gent, counted=0, seen=0, tolerance=TOLERANCE, at=LATER)
    settlements.receive(scene.card_year, desk=scene.gent, counted=10, at=LATER)
    settlements.close(scene.card_year, desk=scene.gent, tolerance=TOLERANCE, at=LATER)

    found = queries.tallies(scene.card_year)
    gent, aalst = found[scene.gent.point.pk], found[scene.aalst.point.pk]
    assert (gent.sent, gent.went_out, gent.void, gent.marked) == (10, 5, 1, 4)
    assert (aalst.sent, aalst.came_in, aalst.marked) == (0, 5, 0)
    figures = reconciliation.reconcile(gent.counts, tolerance=TOLERANCE)
    assert (figures.best, figures.unrecorded, figures.grade) == (4, 0, Grade.A)
    assert gent.closed_at is not None
    assert Card.objects.filter(pickup_point=scene.aalst.point, assigned_by=AssignedBy.OFFICE).count() == 5


def test_a_card_on_another_way_goes_there_and_requests_to_the_point_end(scene: Scene) -> None:
    third = make.member(make.point("derde", year=2027))
    transfers.request(card_number=scene.printed[0].number, to=third, by=third.user, at=NOW)
    elsewhere = settled.cards(scene.card_year, 1, at=third.point)[0]
    transfers.request(card_number=elsewhere.number, to=scene.gent, by=scene.gent.user, at=NOW)

    assert scene.stop() == Sent(transfers=9, moved=2, ended=1)
    assert Transfer.objects.get(card=scene.printed[0]).to_point == third.point
    ended = Transfer.objects.get(card=elsewhere)
    assert (ended.end_reason, ended.ended_by) == ("het afhaalpunt stopt", scene.kim)
    assert CardEvent.objects.filter(card=elsewhere, kind=CardEventKind.NOT_SENT).count() == 1


def test_a_card_that_comes_later_is_taken_along(scene: Scene) -> None:
    third = make.member(make.point("derde", year=2027), is_manager=True)
    card = settled.cards(scene.card_year, 1, at=third.point)[0]
    settled.printed(scene.card_year, number=2)
    (offered,) = transfers.offer([card.number], desk=third, to=scene.gent.point, by=third.user, at=NOW)
    scene.stop()
    assert offered.transfer
    transfers.receive(offered.transfer.pk, desk=scene.gent, by=scene.gent.user, at=LATER)
    before = pictures.picture(scene.card_year, scene.gent.point)

    sent = stopping.take_along(scene.card_year, point=scene.gent.point, by=scene.kim, at=LATER)

    after = pictures.picture(scene.card_year, scene.gent.point)
    assert sent == Sent(transfers=1, moved=0, ended=0)
    assert before
    assert after
    assert (before.asked, before.left_behind, after.asked, after.left_behind) == (12, 1, 13, 0)


def test_going_on_puts_everything_back(scene: Scene) -> None:
    before = served()
    scene.stop()

    back = scene.go_on()

    assert back == Sent(transfers=0, moved=2, ended=10)
    assert served() == before
    assert Card.objects.filter(pickup_point=scene.gent.point).count() == 12
    assert set(Transfer.objects.values_list("end_reason", flat=True)) == {"het afhaalpunt stopt toch niet"}
    part = PointYear.objects.get(point=scene.gent.point)
    assert (part.stopped_at, part.stopped_by, part.followed_by) == (None, None, None)
    # And it may stop again.
    assert scene.stop(at=LATER) == Sent(transfers=10, moved=2, ended=0)


def test_going_on_after_a_card_left_is_refused_and_changes_nothing(scene: Scene) -> None:
    scene.stop()
    asked = Transfer.objects.all()[0]
    transfers.send(asked.pk, desk=scene.gent, by=scene.gent.user, at=LATER)

    with pytest.raises(AlreadySent):
        scene.go_on()

    assert PointYear.objects.get(point=scene.gent.point).stopped_at == NOW
    assert Transfer.objects.filter(ended_at=None).count() == 10


@pytest.mark.parametrize(
    ("point", "follower", "code"),
    [
        ("gent", "gent", "follows_itself"),
        ("gent", "oud", "not_taking_part"),
        ("oud", "gent", "not_taking_part"),
        ("gestopt", "gent", "stopped"),
        ("gent", "gestopt", "stopped"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(point: str, follower: str, code: str, scene: Scene) -> None:
    make.point("oud")
    stopped = make.point("gestopt", year=2027)
    PointYear.objects.filter(point=stopped).update(stopped_at=NOW, stopped_by=scene.kim, followed_by=stopped)
    found = {one.code: one for one in PickupPoint.objects.all()}
    before = served()

    with pytest.raises(StopRefused) as refused:
        stopping.stop(scene.card_year, point=found[point], follower=found[follower], by=scene.kim, at=NOW)

    assert refused.value.code == code
    assert (served(), Transfer.objects.count(), YearEvent.objects.filter(kind="point_stopped").count()) == (
        before,
        0,
        0,
    )


def test_nobody_sends_cards_to_a_point_that_stopped(scene: Scene) -> None:
    card = settled.cards(scene.card_year, 1, at=scene.aalst.point)[0]
    scene.stop()

    with pytest.raises(transfers.NotTakingPart):
        transfers.request(card_number=card.number, to=scene.gent, by=scene.gent.user, at=LATER)


def test_going_on_of_a_point_that_did_not_stop_is_refused(scene: Scene) -> None:
    with pytest.raises(StopRefused) as refused:
        scene.go_on()
    assert refused.value.code == "not_stopped"


def test_a_card_that_is_not_printed_goes_in_no_box(scene: Scene) -> None:
    third = make.member(make.point("derde", year=2027))
    transfers.request(card_number=scene.loose[0].number, to=third, by=third.user, at=NOW)

    assert scene.stop() == Sent(transfers=10, moved=2, ended=1)
    assert Card.objects.get(pk=scene.loose[0].pk).pickup_point == scene.aalst.point
