"""What the page of a run says: every number names what it counts, and from who is entitled to the cards the sum closes."""

import datetime as dt

import pytest
from django.test import Client

from distribution.actions import freeze, run
from distribution.models import Card, CardYear
from distribution.views import office_year_words as words
from tests import make
from tests.distribution import settled
from tests.distribution.actions.populations import Human, Job, settle
from tests.pages import read

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 15)
LEFT = Job(ends_on=dt.date(2026, 6, 30))


def go(card_year: CardYear, now: dt.datetime, on: dt.date = ON) -> dict[str, object]:
    return words.outcome(run.run(card_year, on=on, at=now).as_json())


def test_before_freezing_there_is_nothing_to_account_for(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human(subscribes=True), Human(jobs=(LEFT,))])

    told = go(card_year, now)

    assert (told["live"], told["to_fetch"], told["account"]) == (2, 1, [])


def test_after_freezing_every_difference_is_named_and_the_sum_closes(
    card_year: CardYear, now: dt.datetime, office: Client
) -> None:
    """Of nine cards two stay though their right is gone, and one was fetched before it went; two people are new."""
    point = make.point(year=2027, serves="9000")
    settle(card_year, [Human() for _ in range(9)])
    go(card_year, now)
    freeze.freeze(card_year, at=now)
    fetched = Card.objects.order_by("person_id").first()
    assert fetched is not None
    settled.handed_over([fetched], desk=make.member(point), at=now)
    settle(card_year, [*(Human(jobs=(LEFT,)) for _ in range(3)), *(Human() for _ in range(8))])

    told = go(card_year, now)

    assert told["account"] == [
        ("recht op een kaart", 8),
        ("geen recht meer, maar de kaart is bevroren", 2),
        ("nieuw recht, nog geen kaart", -2),
        ("geen recht meer, al afgehaald", 1),
    ]
    assert told["live"] == 9 == 8 + 2 - 2 + 1
    shown = read(office, "/beheer/2027/toekennen/")
    assert (
        "Van recht naar kaart Recht op een kaart 8 Geen recht meer, maar de kaart is bevroren + 2 "
        "Nieuw recht, nog geen kaart -2 Geen recht meer, al afgehaald + 1 Kaarten 9"
    ) in shown
    assert "Hoe de 9 kaarten gaan" in shown
    assert "Waar de 9 af te halen kaarten liggen" in shown


@pytest.mark.parametrize(
    ("counted", "line"),
    [
        ({"entitled": 5, "too_late": 2}, ("recht, maar te laat voor een kaart", -2)),
        ({"entitled": 5}, ("recht, maar de kaart is ongeldig", -2)),
        ({"entitled": 1}, ("geen recht meer, al afgehaald", 2)),
    ],
)
def test_the_other_differences_are_named_too(counted: dict[str, int], line: tuple[str, int]) -> None:
    told = words.outcome(counted | {"channels": {"pickup": 3}})

    assert told["account"] == [("recht op een kaart", counted["entitled"]), line]
