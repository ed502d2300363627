"""A signed list keyed back in: each row once, the rest told, and a page keyed twice is harmless."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from distribution.actions import hand_overs, keyed_lists
from distribution.enums import CardEventKind, CardState, Evidence
from distribution.models import Card, CardEvent, CardYear, HandOver, PickupList
from distribution.queries import keyed_lists as queries
from distribution.queries.keyed_lists import RowState
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS, NOW

TODAY = NOW.date()


@dataclass(frozen=True)
class Scene:
    desk: Desk
    made: PickupList
    cards: Sequence[Card]

    def key_in(self, *rows: int, **fields: object) -> keyed_lists.Keyed:
        arguments = {"rows": rows, "desk": self.desk, "by": self.desk.user, "at": NOW} | fields
        return keyed_lists.key_in(self.made, **arguments)  # type: ignore[arg-type]

    def states(self) -> list[RowState]:
        rows = range(1, len(self.cards) + 1)
        return [row.state for row in queries.rows(self.made, numbers=rows)]


def _listed(card_year: CardYear, cards: Sequence[Card], desk: Desk, **fields: object) -> PickupList:
    return PickupList.objects.create(
        card_year=card_year,
        pickup_point=desk.point,
        made_at=NOW,
        card_numbers=[card.number for card in cards],
        **({"revision": 1} | fields),
    )


@pytest.fixture
def scene(card_year: CardYear) -> Scene:
    """A list with six cards at a point."""
    desk = make.member(make.point(year=2027), is_manager=True)
    cards = [make.card(make.person(card_year, f"Peeters{'abcdef'[number]}"), at=desk.point) for number in range(6)]
    return Scene(desk, _listed(card_year, cards, desk), cards)


def test_each_row_is_a_hand_over_with_the_list_as_its_evidence(scene: Scene) -> None:
    kept = scene.key_in(2, 5)

    assert kept == keyed_lists.Keyed(frozenset({2, 5}))
    assert [
        (one.card, one.point, one.by, one.at, one.evidence, one.pickup_list, one.row)
        for one in HandOver.objects.order_by("row")
    ] == [
        (scene.cards[row - 1], scene.desk.point, scene.desk.user, NOW, Evidence.LIST, scene.made, row) for row in (2, 5)
    ]
    waits, done = RowState.WAITS, RowState.COLLECTED
    assert scene.states() == [waits, done, waits, waits, done, waits]
    assert list(CardEvent.objects.values_list("kind", flat=True)) == [CardEventKind.HANDED_OVER] * 2


def test_a_page_keyed_twice_is_kept_once(scene: Scene) -> None:
    scene.key_in(1, 2, 3)
    before = list(HandOver.objects.order_by("pk").values())

    again = scene.key_in(2, 3, 4)

    assert again.rows == {4}
    assert list(HandOver.objects.exclude(row=4).order_by("pk").values()) == before


def test_the_day_on_the_list_is_the_day_that_counts(scene: Scene) -> None:
    signed_on = TODAY - dt.timedelta(days=4)

    scene.key_in(1, signed_on=signed_on)

    hand_over = HandOver.objects.get()
    assert hand_over.at.astimezone(BRUSSELS) == dt.datetime.combine(signed_on, dt.time(12), tzinfo=BRUSSELS)
    assert (hand_over.recorded_at, hand_over.clock_doubtful) == (NOW, False)


@pytest.mark.parametrize("day", [None, TODAY])
def test_without_a_day_or_today_it_is_now(scene: Scene, day: dt.date | None) -> None:
    scene.key_in(1, signed_on=day)

    assert HandOver.objects.get().at == NOW


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY + dt.timedelta(days=1), "Die dag moet nog komen. Kies de dag waarop de lijst getekend werd."),
        (
            dt.date(2026, 12, 26),
            "Toen werden er nog geen kaarten afgehaald. De eerste dag was 27/12/2026.",
        ),
    ],
)
def test_a_day_that_cannot_be_is_refused(scene: Scene, day: dt.date, sentence: str) -> None:
    with pytest.raises(keyed_lists.BadSigningDay) as refusal:
        scene.key_in(1, signed_on=day)

    assert str(refusal.value) == sentence
    assert HandOver.objects.count() == 0


def test_the_first_day_of_collecting_may_be(scene: Scene) -> None:
    assert scene.key_in(1, signed_on=dt.date(2026, 12, 27)).rows == {1}


def test_rows_that_no_longer_wait_stay_as_they_are_and_the_others_go_on(scene: Scene, card_year: CardYear) -> None:
    other = make.member(make.point(year=2027))
    marked, withdrawn, void, moved, elsewhere, waits = scene.cards
    by_click = hand_overs.mark(
        keyed_lists.hand_over_id(9, 9),
        card_number=marked.number,
        desks={scene.desk.point.pk: scene.desk},
        by=scene.desk.user,
        at=NOW,
        evidence=Evidence.CLICK,
    ).hand_over
    Card.objects.filter(pk=withdrawn.pk).update(state=CardState.WITHDRAWN, withdrawn_at=NOW)
    Card.objects.filter(pk=void.pk).update(state=CardState.VOID)
    Card.objects.filter(pk__in=[moved.pk, elsewhere.pk]).update(pickup_point=other.point)
    hand_overs.mark(
        keyed_lists.hand_over_id(8, 8),
        card_number=elsewhere.number,
        desks={other.point.pk: other},
        by=other.user,
        at=NOW,
        evidence=Evidence.SCAN,
    )

    kept = scene.key_in(1, 2, 3, 4, 5, 6)

    rows = queries.rows(scene.made, numbers=range(1, 7))
    assert kept == keyed_lists.Keyed(frozenset({6}))
    assert [(row.state, row.at, row.by, row.evidence, row.where) for row in rows] == [
        (RowState.COLLECTED, by_click.at, str(scene.desk.user), "aangeduid aan de balie", ""),
        (RowState.NOT_VALID, None, "", "", ""),
        (RowState.NOT_VALID, None, "", "", ""),
        (RowState.ELSEWHERE, None, "", "", other.point.name),
        (RowState.COLLECTED, NOW, "", "kaart gescand", other.point.name),
        (RowState.COLLECTED, NOW, str(scene.desk.user), "getekende lijst", ""),
    ]
    assert waits.hand_overs.count() == 1


def test_a_row_undone_since_can_be_keyed_again_and_again(scene: Scene) -> None:
    for _ in range(3):
        assert scene.key_in(1).rows == {1}
        standing = HandOver.objects.get(undone_at=None)
        hand_overs.undo(
            standing.pk, desks={scene.desk.point.pk: scene.desk}, by=scene.desk.user, at=NOW, reason="verkeerde rij"
        )

    assert scene.key_in(1).rows == {1}
    assert HandOver.objects.count() == 4
    assert scene.key_in(1).rows == frozenset()


def test_two_lists_with_the_same_card_mark_it_once(scene: Scene, card_year: CardYear) -> None:
    later = _listed(card_year, scene.cards[::-1], scene.desk, revision=2)
    scene.key_in(1)

    kept = keyed_lists.key_in(later, rows=[5, 6], desk=scene.desk, by=scene.desk.user, at=NOW)

    assert kept.rows == {5}
    assert sorted(HandOver.objects.values_list("pickup_list", "row")) == [(scene.made.pk, 1), (later.pk, 5)]


def test_another_points_list_is_not_there(scene: Scene) -> None:
    stranger = make.member(make.point(year=2027), is_manager=True)

    with pytest.raises(keyed_lists.NotThisDesks):
        scene.key_in(1, desk=stranger, by=stranger.user)

    assert HandOver.objects.count() == 0


def test_a_great_many_rows_are_kept_in_portions(scene: Scene) -> None:
    left = []
    for _ in range(4):
        kept = scene.key_in(1, 2, 3, 4, 5, at_most=2)
        left.append((sorted(kept.rows), kept.left))

    assert left == [([1, 2], 3), ([3, 4], 1), ([5], 0), ([], 0)]


def test_somebody_is_first_a_moment_before(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The set of waiting rows was read, and then another desk marked one of them."""
    read = queries.waiting_rows

    def read_and_lose(pickup_list: PickupList, *, numbers: Sequence[int]) -> list[tuple[int, str]]:
        found = read(pickup_list, numbers=numbers)
        hand_overs.mark(
            keyed_lists.hand_over_id(7, 7),
            card_number=scene.cards[0].number,
            desks={scene.desk.point.pk: scene.desk},
            by=scene.desk.user,
            at=NOW,
            evidence=Evidence.SCAN,
        )
        return found

    monkeypatch.setattr(queries, "waiting_rows", read_and_lose)

    kept = scene.key_in(1, 2)

    assert kept.rows == {2}
    assert HandOver.objects.get(card=scene.cards[0]).evidence == Evidence.SCAN


def test_an_id_belongs_to_one_row_of_one_list() -> None:
    ids = [
        keyed_lists.hand_over_id(list_id, row, times_undone=times)
        for list_id in (1, 11)
        for row in (1, 11, 111)
        for times in (0, 1, 11)
    ]

    assert len(set(ids)) == len(ids)
    assert keyed_lists.hand_over_id(1, 1) == ids[0]


@trying(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sets(st.integers(1, 6), max_size=6), max_size=6))
def test_pages_keyed_in_any_order_and_number_mark_each_row_once(scene: Scene, pages: list[set[int]]) -> None:
    CardEvent.objects.all().delete()
    HandOver.objects.all().delete()
    Card.objects.update(state=CardState.ISSUED, handed_over_at=None)

    new = [row for page in pages for row in scene.key_in(*page).rows]

    assert sorted(new) == sorted(set().union(*pages))
    assert list(HandOver.objects.order_by("row").values_list("row", flat=True)) == sorted(new)
