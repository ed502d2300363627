"""A box between two points, said with one button; what else goes between points is left alone."""

import pytest
from django.test import Client

from distribution.actions import transfers
from distribution.enums import CardEventKind, CardState
from distribution.models import Card, CardEvent, CardYear, Transfer
from pickup_points.desks import Desk
from tests import make
from tests.conftest import NOW
from tests.distribution import settled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
HERE, THERE = "/balie/hier/overdrachten/", "/balie/daar/overdrachten/"


@pytest.fixture
def desks(card_year: CardYear) -> tuple[Desk, Desk, Desk]:
    here, there, third = (make.member(make.point(code, year=2027)) for code in ("hier", "daar", "derde"))
    for card in settled.cards(card_year, 4, at=here.point)[:3]:
        transfers.request(card_number=card.number, to=there, by=there.user, at=NOW)
    card = settled.cards(card_year, 1, at=here.point)[0]
    transfers.request(card_number=card.number, to=third, by=third.user, at=NOW)
    return here, there, third


def logged_in(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.user)
    return client


def test_a_box_leaves_and_arrives(desks: tuple[Desk, Desk, Desk]) -> None:
    here, there = logged_in(desks[0]), logged_in(desks[1])
    assert "Alle 3 gaan mee met de bode" in here.get(HERE).content.decode()

    left = here.post(HERE + "alles/", {"vertrokken": "daar"}, follow=True).content.decode()
    arrived = there.post(THERE + "alles/", {"aangekomen": "hier"}, follow=True).content.decode()

    assert "3 kaarten gaan mee met de bode, naar Bibliotheek daar." in left
    assert "3 kaarten zijn aangekomen van Bibliotheek hier." in arrived
    assert Card.objects.filter(pickup_point=desks[1].point).count() == 3
    assert Transfer.objects.get(to_point=desks[2].point).sent_at is None
    assert [
        CardEvent.objects.filter(kind=kind).count() for kind in (CardEventKind.SENT, CardEventKind.TRANSFERRED)
    ] == [3, 3]
    assert set(Transfer.objects.filter(to_point=desks[1].point).values_list("sent_by", "received_by")) == {
        (desks[0].user.pk, desks[1].user.pk)
    }


def test_saying_it_twice_is_saying_it_once(desks: tuple[Desk, Desk, Desk]) -> None:
    here = logged_in(desks[0])
    here.post(HERE + "alles/", {"vertrokken": "daar"})

    again = here.post(HERE + "alles/", {"vertrokken": "daar"}, follow=True).content.decode()

    assert "Dat was al gezegd." in again
    assert CardEvent.objects.filter(kind=CardEventKind.SENT).count() == 3


def test_nothing_arrives_that_was_not_sent_and_no_card_that_does_not_wait(desks: tuple[Desk, Desk, Desk]) -> None:
    there = logged_in(desks[1])
    there.post(THERE + "alles/", {"aangekomen": "hier"})
    assert Card.objects.filter(pickup_point=desks[1].point).count() == 0

    Card.objects.filter(pk=Transfer.objects.all()[0].card_id).update(state=CardState.VOID)
    logged_in(desks[0]).post(HERE + "alles/", {"vertrokken": "daar"})

    assert Transfer.objects.filter(sent_at__isnull=False).count() == 2


def test_one_card_gets_no_box_and_an_unknown_point_is_not_there(desks: tuple[Desk, Desk, Desk]) -> None:
    here = logged_in(desks[0])

    assert [one.code for one in here.get(HERE).context["together"]] == ["daar"]
    assert here.post(HERE + "alles/", {"vertrokken": "weg"}).status_code == 404
    assert here.post(HERE + "alles/", {}).status_code == 404
