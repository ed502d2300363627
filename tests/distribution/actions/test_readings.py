"""Every look leaves one row, and the row keeps nothing that was typed (hardening.md T05)."""

import pytest

from distribution.actions import readings
from distribution.enums import ReadingKind
from distribution.models import CardYear, Reading
from tests import make
from tests.conftest import NOW

SECRET = "een-sleutel-voor-deze-proef"


def test_note_writes_one_row_for_one_look(card_year: CardYear) -> None:
    desk = make.member(make.point())
    cards = [make.card(make.person(card_year), at=desk.point).pk for _ in range(2)]

    readings.note(
        ReadingKind.SEARCH, by=desk.user, point_id=desk.point.pk, at=NOW, cards=cards, term="Peeters", secret=SECRET
    )

    row = Reading.objects.values("kind", "by", "point", "at", "cards", "count").get()
    assert row == {
        "kind": "search",
        "by": desk.user.pk,
        "point": desk.point.pk,
        "at": NOW,
        "cards": cards,
        "count": 2,
    }


def test_note_of_a_whole_point_holds_a_count_alone(db: None) -> None:
    desk = make.member(make.point())

    row = readings.note(ReadingKind.SNAPSHOT, by=desk.user, point_id=desk.point.pk, at=NOW, count=12_000, secret=SECRET)

    assert (row.cards, row.count, row.term_hash) == ([], 12_000, "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("peeters", "  PEETERS "),
        ("van den broeck", "Van den Bröeck"),
        ("16203040856", "1 620304-08.56"),
        ("62700000175", "6270000 0175"),
    ],
)
def test_term_hash_is_the_same_however_it_is_typed(one: str, other: str) -> None:
    assert readings.term_hash(one, secret=SECRET) == readings.term_hash(other, secret=SECRET)


def test_term_hash_keeps_terms_and_secrets_apart() -> None:
    hashes = {
        readings.term_hash(term, secret=secret) for term in ("peeters", "janssens", "16203040856") for secret in "ab"
    }

    assert len(hashes) == 6
    assert {len(one) for one in hashes} == {64}


@pytest.mark.parametrize("typed", ["", "   ", "…", "85073003328"])
def test_term_hash_of_nothing_to_look_for_is_nothing(typed: str) -> None:
    """The last one is a national register number: of that, not even a hash is kept."""
    assert readings.term_hash(typed, secret=SECRET) == ""
