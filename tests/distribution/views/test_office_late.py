"""/beheer/2027/na-het-bevriezen/: deciding per kind of change, and what is said of it."""

from typing import Any

import pytest
from django.test import Client

from distribution.models import Card, CardYear, PendingChange, PrintBatch, Transfer
from distribution.views import office_late
from pickup_points.models import KlasseRole, PickupPoint
from tests import make
from tests.distribution import office_year
from tests.pages import read, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_season")]


@pytest.fixture
def frozen(card_year: CardYear) -> CardYear:
    office_year.run(card_year)
    make.batch(card_year)
    return card_year


def to_decide(card_year: CardYear, kind: PendingChange.Kind, *, to: PickupPoint | None = None) -> Card:
    card = make.card(make.person(card_year))
    PendingChange.objects.create(card_year=card_year, person=card.person, kind=kind, was="nergens", to_point=to)
    return card


def decide(client: Client, **sent: str) -> str:
    """What the page says after a decision."""
    answer = client.post("/beheer/2027/na-het-bevriezen/", sent, follow=True)
    return text(answer)


def test_changes_are_decided_per_kind_and_the_list_gets_shorter(frozen: CardYear, office: Client) -> None:
    there = make.point("daar", year=2027)
    moves = [to_decide(frozen, PendingChange.Kind.MOVED, to=there) for _ in range(2)]
    for _ in range(3):
        to_decide(frozen, PendingChange.Kind.WITHDRAWN)
    page = read(office, "/beheer/2027/na-het-bevriezen/")
    assert ("Geef deze 2 hun nieuwe afhaalpunt" in page, "Laat deze 2 zo" in page, "Laat deze 3 zo" in page) == (
        True,
    ) * 3

    moved = decide(office, wat="punten", aantal="2")
    left = decide(office, wat="zo", soort="withdrawn", aantal="3")

    assert "Een ander afhaalpunt kreeg: 2 kaarten." in moved
    assert "Zo gelaten: 3 veranderingen." in left
    assert Card.objects.filter(pk__in=[one.pk for one in moves], pickup_point=there).count() == 2
    assert "wacht op jouw beslissing" not in read(office, "/beheer/")
    assert "Hier is niets aan de hand." in read(office, "/beheer/aandacht/sinds-het-bevriezen/")
    assert "Toch beslissen over geen recht meer (3)" in left

    again = decide(office, wat="terug", soort="withdrawn", aantal="3")

    assert "Laat deze 3 zo" in again
    assert "Daar was niets meer over te beslissen." in decide(office, wat="punten", aantal="2")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"wat": "zo", "soort": "withdrawn", "aantal": "7"}, "De lijst veranderde intussen: er is niets gedaan."),
        ({"wat": "zo", "soort": "withdrawn", "aantal": "veel"}, "De lijst veranderde intussen: er is niets gedaan."),
        ({"wat": "zo", "soort": "new", "aantal": "1"}, "Wie recht kreeg op een kaart, krijgt er een"),
        ({"wat": "zo", "soort": "iets", "aantal": "1"}, "Kies waarover je beslist."),
    ],
)
def test_what_cannot_be_decided_is_said(frozen: CardYear, office: Client, sent: dict[str, str], said: str) -> None:
    to_decide(frozen, PendingChange.Kind.WITHDRAWN)

    assert said in decide(office, **sent)
    assert PendingChange.objects.filter(left_at=None).count() == 1


def test_whoever_only_reads_decides_nothing(frozen: CardYear) -> None:
    to_decide(frozen, PendingChange.Kind.WITHDRAWN)
    reader = Client()
    reader.force_login(office_year.klasse(KlasseRole.READER))

    answer = reader.post("/beheer/2027/na-het-bevriezen/", {"wat": "zo", "soort": "withdrawn", "aantal": "1"})

    assert (answer.status_code, PendingChange.objects.filter(left_at=None).count()) == (404, 1)


def test_each_point_that_is_asked_for_cards_is_mailed_once(
    frozen: CardYear, office: Client, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Transfer] = []
    monkeypatch.setattr(office_late, "tell_other_end", told.append)
    here, there = make.point("hier", year=2027), make.point("daar", year=2027)
    for _ in range(3):
        card = to_decide(frozen, PendingChange.Kind.MOVED, to=there)
        Card.objects.filter(pk=card.pk).update(
            pickup_point=here, batch=PrintBatch.objects.first(), assigned_by="by_residence"
        )

    with django_capture_on_commit_callbacks(execute=True):
        shown = decide(office, wat="punten", aantal="3")

    assert "Gevraagd aan het afhaalpunt dat ze heeft: 3 kaarten" in shown
    assert [(one.from_point, one.to_point) for one in told] == [(here, there)]
