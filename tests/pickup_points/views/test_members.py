"""The page of colleagues: three visitors, the forms, and that nothing personal is in an address."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lerarenkaart.accounts import adapters
from pickup_points.desks import Desk
from pickup_points.models import DeskMember, User
from tests import at_once, make

pytestmark = pytest.mark.django_db
PAGE = "/balie/bib/collegas/"
FORMS = ["uitnodigen/", "opnieuw/", "rol/", "weg/"]


@pytest.fixture
def desk(client: Client) -> Desk:
    desk = make.member(make.point("bib"), make.new_user("hanne@voorbeeld.be"), is_manager=True)
    client.force_login(desk.user)
    return desk


@pytest.fixture(autouse=True)
def mails_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "enqueue", at_once.enqueue)


def test_manager_sees_who_stands_there(desk: Desk, client: Client) -> None:
    make.member(desk.point, User.objects.create_user("bo@voorbeeld.be", name="Bo"))
    make.member(make.point("ander"), User.objects.create_user("cis@voorbeeld.be", name="Cis"))

    page = client.get(PAGE).content.decode()

    assert page.count("bo@voorbeeld.be") == 1
    assert "cis@voorbeeld.be" not in page
    assert "Aan de balie (2)" in page


@pytest.mark.parametrize("path", [PAGE, *(PAGE + form for form in FORMS)])
@pytest.mark.parametrize("who", ["desk", "elsewhere", "nobody's"])
def test_others_find_nothing(path: str, who: str, desk: Desk, now: dt.datetime) -> None:
    bo = make.member(desk.point)
    visitor = Client()
    people = {"desk": bo, "elsewhere": make.member(make.point("ander"), is_manager=True)}
    visitor.force_login(people[who].user if who in people else make.new_user())

    answer = visitor.get(path) if path == PAGE else visitor.post(path, _form(bo))

    assert answer.status_code == 404
    assert DeskMember.objects.filter(point=desk.point, ended_at=None).count() == 2
    assert mail.outbox == []


@pytest.mark.parametrize("path", [PAGE, *(PAGE + form for form in FORMS)])
def test_a_visitor_is_asked_to_log_in(path: str, desk: Desk) -> None:
    answer = Client().get(path) if path == PAGE else Client().post(path)

    assert answer["Location"] == f"/account/login/?next={path}"


@pytest.mark.parametrize("form", FORMS)
def test_a_get_changes_nothing(form: str, desk: Desk, client: Client) -> None:
    assert client.get(PAGE + form).status_code == 405


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_another_site_changes_nothing_t10(form: str, desk: Desk) -> None:
    visitor = Client(enforce_csrf_checks=True)
    visitor.force_login(desk.user)

    assert visitor.post(PAGE + form, _form(desk)).status_code == 403


def test_as_many_questions_for_three_colleagues_as_for_one(desk: Desk, client: Client) -> None:
    client.get(PAGE)
    with CaptureQueriesContext(connection) as with_one:
        client.get(PAGE)
    for _ in range(2):
        make.member(desk.point)
    with CaptureQueriesContext(connection) as with_three:
        client.get(PAGE)

    assert len(with_one) == len(with_three)


def test_inviting_mails_a_link_and_tells_nothing_in_the_address(desk: Desk, client: Client) -> None:
    form = {"email": "bo@voorbeeld.be", "name": "Bo", "role": "desk"}

    answer = client.post(PAGE + "uitnodigen/", form, follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert "De uitnodiging is onderweg." in answer.content.decode()
    assert [(message.to, "bo" in message.subject.lower()) for message in mail.outbox] == [(["bo@voorbeeld.be"], False)]
    assert DeskMember.objects.get(user__email="bo@voorbeeld.be").role == "desk"


@pytest.mark.parametrize(
    ("email", "sentence"),
    [("geen adres", "Dit is geen e-mailadres."), ("hanne@voorbeeld.be", "Deze collega staat al in de lijst.")],
)
def test_a_refused_invitation_keeps_what_was_typed(email: str, sentence: str, desk: Desk, client: Client) -> None:
    answer = client.post(PAGE + "uitnodigen/", {"email": email, "name": "Bo van hier", "role": "manager"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert (sentence in page, 'value="Bo van hier"' in page, f'value="{email}"' in page) == (True, True, True)
    assert mail.outbox == []


def test_an_invitation_is_sent_again(desk: Desk, client: Client) -> None:
    client.post(PAGE + "uitnodigen/", {"email": "bo@voorbeeld.be", "name": "Bo", "role": "desk"})
    member = DeskMember.objects.get(user__email="bo@voorbeeld.be")

    client.post(PAGE + "opnieuw/", {"member": member.pk})

    assert [message.to for message in mail.outbox] == [["bo@voorbeeld.be"]] * 2


def test_a_mail_that_cannot_leave_is_said(desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "enqueue", lambda task, *arguments: False)

    page = client.post(PAGE + "uitnodigen/", {"email": "bo@voorbeeld.be", "role": "desk"}, follow=True)

    assert "de mail kon niet vertrekken" in page.content.decode()


def test_role_and_removal_by_form(desk: Desk, client: Client) -> None:
    bo = make.member(desk.point)
    client.post(PAGE + "rol/", _form(bo) | {"role": "manager"})
    role = DeskMember.objects.get(user=bo.user, ended_at=None).role

    client.post(PAGE + "weg/", _form(bo))

    assert role == "manager"
    assert DeskMember.objects.filter(user=bo.user, ended_at=None).count() == 0


def test_someone_removed_finds_nothing_at_once(desk: Desk, client: Client) -> None:
    bo = make.member(desk.point, is_manager=True)
    visitor = Client()
    visitor.force_login(bo.user)
    before = visitor.get(PAGE).status_code

    client.post(PAGE + "weg/", _form(bo))

    assert (before, visitor.get(PAGE).status_code) == (200, 404)


def test_the_last_manager_hears_why_not(desk: Desk, client: Client) -> None:
    page = client.post(PAGE + "weg/", _form(desk), follow=True)

    assert "Elk afhaalpunt heeft een beheerder nodig." in page.content.decode()


def test_who_steps_down_lands_where_they_may_stand(desk: Desk, client: Client) -> None:
    make.member(desk.point, is_manager=True)

    answer = client.post(PAGE + "rol/", _form(desk) | {"role": "desk"})

    assert answer["Location"] == "/balie/"


@pytest.mark.parametrize("typed", ["", "x", "-1", "²", "9" * 30])
def test_a_made_up_member_is_nobody(typed: str, desk: Desk, client: Client) -> None:
    answers = [client.post(PAGE + form, {"member": typed, "role": "desk"}).status_code for form in FORMS[1:]]

    assert answers == [302, 302, 302]
    assert DeskMember.objects.filter(ended_at=None).count() == 1


def test_a_name_is_only_a_name_t09(desk: Desk, client: Client) -> None:
    make.member(desk.point, User.objects.create_user("x@voorbeeld.be", name="<script>alert(1)</script>"))

    assert "<script>alert" not in client.get(PAGE).content.decode()


def _form(desk: Desk) -> dict[str, Any]:
    return {"member": DeskMember.objects.filter(user=desk.user, point=desk.point).latest("pk").pk, "role": "desk"}
