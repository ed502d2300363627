"""Klasse sets up a desk: invites, sends again, changes a role, removes; also the last manager."""

import pytest
from django.core import mail
from django.test import Client

from distribution.models import CardYear
from lerarenkaart.accounts import adapters
from pickup_points.actions import members
from pickup_points.desks import NoSuchDesk, office_desk
from pickup_points.models import DeskMember, DeskRole, KlasseRole, User
from tests import at_once, make
from tests.conftest import NOW
from tests.distribution import office_year

pytestmark = pytest.mark.django_db
PAGE = "/beheer/punten/gent/collegas/"


@pytest.fixture
def kim(client: Client, card_year: CardYear) -> User:
    make.point("gent", year=2027)
    user = office_year.klasse()
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def mails_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "enqueue", at_once.enqueue)


def test_inviting_the_first_manager(kim: User, client: Client) -> None:
    assert client.get(PAGE).context["typed"] == {"role": DeskRole.MANAGER}

    answer = client.post(PAGE + "uitnodigen/", {"email": "An@Voorbeeld.be", "name": "An", "role": "manager"})

    assert answer["Location"] == PAGE
    member = DeskMember.objects.get()
    assert (member.user.email, member.role, member.invited_by) == ("an@voorbeeld.be", "manager", kim)
    assert [one.to for one in mail.outbox] == [["an@voorbeeld.be"]]


def test_an_address_that_is_none_is_said(kim: User, client: Client) -> None:
    answer = client.post(PAGE + "uitnodigen/", {"email": "an", "name": "An", "role": "desk"})

    assert answer.status_code == 422
    assert "Dit is geen e-mailadres." in answer.content.decode()
    assert not DeskMember.objects.exists()


def test_the_last_manager_may_be_changed_and_removed_by_klasse(kim: User, client: Client) -> None:
    boss = make.member(office_desk(kim, "gent").point, is_manager=True)
    key = DeskMember.objects.get().pk

    client.post(PAGE + "rol/", {"member": key, "role": "desk"})
    now = DeskMember.objects.get(ended_at=None)
    client.post(PAGE + "weg/", {"member": now.pk})

    assert (now.user, now.role) == (boss.user, "desk")
    assert [one.ended_by for one in DeskMember.objects.all()] == [kim, kim]


def test_sending_again(kim: User, client: Client) -> None:
    new = make.member(office_desk(kim, "gent").point)

    client.post(PAGE + "opnieuw/", {"member": DeskMember.objects.get().pk})

    assert [one.to for one in mail.outbox] == [[new.user.email]]


def test_someone_of_another_point_is_not_there(kim: User, client: Client) -> None:
    make.member(make.point("aalst"))
    key = DeskMember.objects.get().pk

    for form in ("opnieuw/", "rol/", "weg/"):
        client.post(PAGE + form, {"member": key, "role": "manager"})

    member = DeskMember.objects.get()
    assert (member.role, member.ended_at, mail.outbox) == ("desk", None, [])


def test_who_lost_the_role_has_no_desk_any_more(kim: User) -> None:
    desk = office_desk(kim, "gent")
    User.objects.filter(pk=kim.pk).update(klasse_role=KlasseRole.READER)

    with pytest.raises(NoSuchDesk):
        office_desk(kim, "gent")
    with pytest.raises(members.NotAManager):
        members.invite(desk, email="a@voorbeeld.be", name="", role=DeskRole.DESK, at=NOW)
