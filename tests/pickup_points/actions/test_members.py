"""Who stands at a desk: invited, changed, removed; and never a desk without a manager."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from pickup_points.actions import members
from pickup_points.desks import Colleague, Desk, NoSuchDesk, colleagues, get_desk_for
from pickup_points.models import DeskMember, DeskRole, KlasseRole, User
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> Desk:
    return make.member(make.point("bib"), make.new_user("hanne@voorbeeld.be"), is_manager=True)


def rows(desk: Desk) -> list[tuple[str, str, bool]]:
    """Every row that ever was: whom, as what, and whether it stands."""
    kept = DeskMember.objects.filter(point=desk.point).order_by("pk").select_related("user")
    return [(one.user.email, one.role, one.ended_at is None) for one in kept]


def test_invite_makes_an_account_nobody_can_log_in_to_yet(desk: Desk, now: dt.datetime) -> None:
    member = members.invite(desk, email=" Bo@Voorbeeld.be ", name=" Bo ", role=DeskRole.DESK, at=now)

    assert (member.user.email, member.user.name, member.user.has_usable_password()) == ("bo@voorbeeld.be", "Bo", False)
    assert (member.point, member.role, member.since, member.invited_by) == (desk.point, "desk", now, desk.user)


def test_invite_of_someone_known_leaves_their_account_alone(desk: Desk, now: dt.datetime) -> None:
    bo = User.objects.create_user("bo@voorbeeld.be", "een-lang-wachtwoord-voor-de-proef", name="Bo zelf")

    member = members.invite(desk, email="bo@voorbeeld.be", name="Iemand anders", role=DeskRole.MANAGER, at=now)

    assert (member.user, member.user.name, member.user.has_usable_password()) == (bo, "Bo zelf", True)
    assert get_desk_for(bo, "bib").is_manager


@pytest.mark.parametrize("email", ["", "geen adres", "a@b", "a@b@c.be", "x" * 250 + "@b.be", "a\n@b.be"])
def test_invite_refuses_what_is_no_address(email: str, desk: Desk, now: dt.datetime) -> None:
    with pytest.raises(members.BadAddress):
        members.invite(desk, email=email, name="", role=DeskRole.DESK, at=now)

    assert User.objects.count() == 1


def test_invite_twice_is_refused(desk: Desk, now: dt.datetime) -> None:
    members.invite(desk, email="bo@voorbeeld.be", name="", role=DeskRole.DESK, at=now)

    with pytest.raises(members.AlreadyThere):
        members.invite(desk, email="BO@voorbeeld.be", name="", role=DeskRole.MANAGER, at=now)

    assert rows(desk) == [("hanne@voorbeeld.be", "manager", True), ("bo@voorbeeld.be", "desk", True)]


def test_invite_of_a_switched_off_account_is_refused(desk: Desk, now: dt.datetime) -> None:
    User.objects.filter(pk=User.objects.create_user("bo@voorbeeld.be").pk).update(is_active=False)

    with pytest.raises(members.AccountSwitchedOff):
        members.invite(desk, email="bo@voorbeeld.be", name="", role=DeskRole.DESK, at=now)


def test_a_role_that_changes_ends_one_row_and_begins_another(desk: Desk, now: dt.datetime) -> None:
    bo = members.invite(desk, email="bo@voorbeeld.be", name="Bo", role=DeskRole.DESK, at=now)

    changed = members.change_role(desk, member_id=bo.pk, role=DeskRole.MANAGER, at=now + dt.timedelta(days=1))

    bo.refresh_from_db()
    assert (bo.ended_at, bo.ended_by) == (now + dt.timedelta(days=1), desk.user)
    assert (changed.role, changed.since, changed.invited_by) == ("manager", now + dt.timedelta(days=1), desk.user)
    assert rows(desk)[1:] == [("bo@voorbeeld.be", "desk", False), ("bo@voorbeeld.be", "manager", True)]


def test_the_same_role_again_changes_nothing(desk: Desk, now: dt.datetime) -> None:
    bo = members.invite(desk, email="bo@voorbeeld.be", name="Bo", role=DeskRole.DESK, at=now)

    assert members.change_role(desk, member_id=bo.pk, role=DeskRole.DESK, at=now) == bo
    assert len(rows(desk)) == 2


def test_removing_ends_the_way_in_and_keeps_the_row(desk: Desk, now: dt.datetime) -> None:
    bo = members.invite(desk, email="bo@voorbeeld.be", name="Bo", role=DeskRole.DESK, at=now)

    members.remove(desk, member_id=bo.pk, at=now)

    with pytest.raises(NoSuchDesk):
        get_desk_for(bo.user, "bib")
    assert rows(desk)[1:] == [("bo@voorbeeld.be", "desk", False)]


def test_someone_removed_can_be_invited_again(desk: Desk, now: dt.datetime) -> None:
    bo = members.invite(desk, email="bo@voorbeeld.be", name="Bo", role=DeskRole.DESK, at=now)
    members.remove(desk, member_id=bo.pk, at=now)

    members.invite(desk, email="bo@voorbeeld.be", name="Bo", role=DeskRole.DESK, at=now)

    assert rows(desk)[1:] == [("bo@voorbeeld.be", "desk", False), ("bo@voorbeeld.be", "desk", True)]


@pytest.mark.parametrize(
    "step_down",
    [
        lambda desk, key, at: members.remove(desk, member_id=key, at=at),
        lambda desk, key, at: members.change_role(desk, member_id=key, role=DeskRole.DESK, at=at),
    ],
    ids=["remove", "change_role"],
)
def test_the_last_manager_stays(
    step_down: Callable[[Desk, int, dt.datetime], object], desk: Desk, now: dt.datetime
) -> None:
    switched_off = make.member(desk.point, is_manager=True).user
    User.objects.filter(pk=switched_off.pk).update(is_active=False)
    key = DeskMember.objects.get(user=desk.user).pk

    with pytest.raises(members.LastManager):
        step_down(desk, key, now)
    make.member(desk.point, is_manager=True)
    step_down(desk, key, now)

    assert DeskMember.objects.get(pk=key).ended_at == now


@pytest.mark.parametrize("which", ["elsewhere", "gone", "nobody"])
def test_only_who_stands_here_is_touched(which: str, desk: Desk, now: dt.datetime) -> None:
    elsewhere = make.member(make.point("ander"))
    gone = members.invite(desk, email="bo@voorbeeld.be", name="Bo", role=DeskRole.DESK, at=now)
    members.remove(desk, member_id=gone.pk, at=now)
    keys = {"elsewhere": DeskMember.objects.get(user=elsewhere.user).pk, "gone": gone.pk, "nobody": 0}

    with pytest.raises(members.NoSuchMember):
        members.remove(desk, member_id=keys[which], at=now)
    with pytest.raises(members.NoSuchMember):
        members.change_role(desk, member_id=keys[which], role=DeskRole.MANAGER, at=now)

    assert get_desk_for(elsewhere.user, "ander") == Desk(elsewhere.point, elsewhere.user, is_manager=False)


def test_who_is_no_manager_any_more_changes_nothing(desk: Desk, now: dt.datetime) -> None:
    """The page was opened as a manager; meanwhile a colleague took that away."""
    other = make.member(desk.point, is_manager=True)
    members.change_role(other, member_id=DeskMember.objects.get(user=desk.user).pk, role=DeskRole.DESK, at=now)

    with pytest.raises(members.NotAManager):
        members.invite(desk, email="bo@voorbeeld.be", name="", role=DeskRole.DESK, at=now)
    with pytest.raises(members.NotAManager):
        members.invite(make.member(desk.point), email="bo@voorbeeld.be", name="", role=DeskRole.DESK, at=now)


@pytest.mark.django_db(transaction=True)
def test_two_managers_can_not_remove_each_other_in_the_same_second(now: dt.datetime) -> None:
    point = make.point("bib")
    pair = [make.member(point, is_manager=True) for _ in range(2)]
    keys = [DeskMember.objects.get(user=desk.user).pk for desk in pair]
    start = threading.Barrier(2)
    refused = []

    def remove(desk: Desk, key: int) -> None:
        start.wait()
        try:
            members.remove(desk, member_id=key, at=now)
        except (members.NotAManager, members.LastManager) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=remove, args=(pair[0], keys[1])),
        threading.Thread(target=remove, args=(pair[1], keys[0])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert DeskMember.objects.filter(point=point, ended_at=None).count() == 1


def test_enrol_is_the_same_twice_and_changes_a_role(now: dt.datetime) -> None:
    point = make.point("bib")
    for role in (DeskRole.DESK, DeskRole.DESK, DeskRole.MANAGER):
        user = members.enrol("bo@voorbeeld.be", point=point, role=role, at=now)

    assert [(one.role, one.ended_at) for one in user.desks.order_by("pk")] == [("desk", now), ("manager", None)]


def test_a_role_at_klasse(now: dt.datetime) -> None:
    members.give_klasse_role("kim@voorbeeld.be", role=KlasseRole.READER, at=now)
    members.give_klasse_role("kim@voorbeeld.be", role=KlasseRole.OFFICE, at=now)

    kim = User.objects.get(email="kim@voorbeeld.be")
    assert kim.klasse_role == KlasseRole.OFFICE
    assert list(kim.account_events.order_by("pk").values_list("was", "became", "at")) == [
        ("", "reader", now),
        ("reader", "office", now),
    ]


def test_colleagues_are_those_of_this_desk_now_by_name(desk: Desk, now: dt.datetime) -> None:
    bo = members.invite(desk, email="bo@voorbeeld.be", name="bo", role=DeskRole.DESK, at=now)
    gone = members.invite(desk, email="weg@voorbeeld.be", name="Weg", role=DeskRole.DESK, at=now)
    members.remove(desk, member_id=gone.pk, at=now)
    make.member(make.point("ander"))
    User.objects.filter(pk=desk.user.pk).update(name="Hanne", last_login=now)
    mine = DeskMember.objects.get(user=desk.user)

    assert colleagues(desk) == (
        Colleague(bo.pk, "bo", "bo@voorbeeld.be", is_manager=False, since=now, came_in=False, is_self=False),
        Colleague(
            mine.pk, "Hanne", "hanne@voorbeeld.be", is_manager=True, since=mine.since, came_in=True, is_self=True
        ),
    )
