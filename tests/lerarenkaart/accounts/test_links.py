"""The link to choose a password: by mail, once, seven days or one; and what is under the other addresses of an account."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lerarenkaart import tasks
from lerarenkaart.accounts import links
from pickup_points.models import User
from tests import make
from tests.lerarenkaart.accounts.conftest import ANOTHER, PASSWORD, is_logged_in, log_in

pytestmark = pytest.mark.django_db


def link_in(message: Any) -> str:
    """The path of the one link to choose a password in a mail."""
    (found,) = re.findall(r"http://localhost:8000(/account/wachtwoord/nieuw/\S+)", message.body)
    return str(found)


def choose(client: Client, path: str, password: str = PASSWORD) -> Any:
    """Follow the link and choose a password, as a browser does."""
    page = client.get(path, follow=True)
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})


def invited(email: str = "nieuw@voorbeeld.be") -> User:
    user = User.objects.create_user(email, name="Nieuwe Collega")
    make.member(make.point("bib-nieuw", name="Bibliotheek Nieuwkerke"), user)
    return user


def test_invitation_mail_says_where_and_holds_a_link_that_logs_in(client: Client) -> None:
    user = invited()
    tasks.mail_invitation(user.pk, user.desks.get().point_id)
    (message,) = mail.outbox

    answer = choose(client, link_in(message))

    user.refresh_from_db()
    assert (message.subject, message.to) == ("Aan de balie van de Lerarenkaart", [user.email])
    assert "aan de balie van Bibliotheek Nieuwkerke" in message.body
    assert "http://localhost:8000/balie/" in message.body
    assert (answer.status_code, answer["Location"], is_logged_in(client)) == (302, "/balie/", True)
    assert user.check_password(PASSWORD)


def test_invitation_of_someone_with_a_password_holds_no_key(an: User) -> None:
    tasks.mail_invitation(an.pk, an.desks.get().point_id)

    assert "/account/" not in mail.outbox[0].body
    assert "Log in met je eigen wachtwoord" in mail.outbox[0].body


def test_no_mail_to_who_no_longer_stands_there(an: User) -> None:
    desk = an.desks.get()
    desk.ended_at, desk.ended_by = timezone.now(), an
    desk.save()

    tasks.mail_invitation(an.pk, desk.point_id)

    assert mail.outbox == []


def test_link_works_once(client: Client) -> None:
    path = links.to_choose_a_password(invited()).removeprefix("http://localhost:8000")
    choose(client, path)

    page = Client().get(path, follow=True)

    assert "Deze link werkt niet meer" in page.content.decode()


def test_link_of_an_invitation_lives_seven_days() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = links.to_choose_a_password(invited()).removeprefix("http://localhost:8000")
        clock.shift(dt.timedelta(days=7))
        in_time = Client().get(path, follow=True).content.decode()
        clock.shift(dt.timedelta(seconds=1))
        too_late = Client().get(path, follow=True).content.decode()

    assert "Kies je wachtwoord" in in_time
    assert "Deze link werkt niet meer" in too_late


def test_link_of_who_forgot_lives_a_day(an: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = links.to_choose_a_password(an).removeprefix("http://localhost:8000")
        clock.shift(dt.timedelta(hours=24))
        in_time = Client().get(path, follow=True).content.decode()
        clock.shift(dt.timedelta(seconds=1))
        too_late = Client().get(path, follow=True).content.decode()

    assert "Kies je wachtwoord" in in_time
    assert "Deze link werkt niet meer" in too_late


def test_link_dies_with_the_account(an: User, client: Client) -> None:
    path = links.to_choose_a_password(an).removeprefix("http://localhost:8000")
    User.objects.filter(pk=an.pk).update(is_active=False)

    assert "Deze link werkt niet meer" in client.get(path, follow=True).content.decode()


@pytest.mark.parametrize("key", ["geen-sleutel", "x", "d0-", "-", "set-password", "%00", "é-é"])
def test_a_made_up_link_opens_nothing(key: str, an: User, client: Client) -> None:
    page = client.get(f"/account/wachtwoord/nieuw/{an.pk}/{key}/", follow=True)

    assert (page.status_code, "Deze link werkt niet meer" in page.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("kort", "Dit is te kort."),
        ("een zin van 15!", ""),
        ("1q2w3e4r5t6y7u8i9o0p", "veel mensen"),
        ("an@voorbeeld.be1", "te veel op je naam"),
    ],
)
def test_password_is_long_and_not_the_address_t03(password: str, sentence: str, an: User, client: Client) -> None:
    path = links.to_choose_a_password(an).removeprefix("http://localhost:8000")

    answer = choose(client, path, password)

    assert answer.status_code == (200 if sentence else 302)
    assert sentence in answer.content.decode()


def test_a_chosen_password_ends_other_sessions(an: User, client: Client) -> None:
    log_in(client, an.email)
    an.refresh_from_db()
    elsewhere = Client()

    choose(elsewhere, links.to_choose_a_password(an).removeprefix("http://localhost:8000"), ANOTHER)

    assert client.get("/balie/")["Location"] == "/account/login/?next=/balie/"
    assert is_logged_in(elsewhere)


@pytest.mark.usefixtures("mails_leave")
def test_who_forgot_gets_a_mail_and_a_stranger_the_same_page(an: User) -> None:
    known = Client().post("/account/wachtwoord/vergeten/", {"email": "AN@voorbeeld.be"}, follow=True)
    unknown = Client().post("/account/wachtwoord/vergeten/", {"email": "niemand@voorbeeld.be"}, follow=True)

    assert known.content == unknown.content
    assert known.redirect_chain == unknown.redirect_chain == [("/account/wachtwoord/vergeten/verstuurd/", 302)]
    assert [message.to for message in mail.outbox] == [[an.email]]
    assert mail.outbox[0].subject == "Kies een wachtwoord voor de Lerarenkaart"


@pytest.mark.usefixtures("mails_leave")
def test_nobodys_mailbox_is_filled(an: User, client: Client) -> None:
    pages = [client.post("/account/wachtwoord/vergeten/", {"email": an.email}, follow=True) for _ in range(6)]

    assert len({page.content for page in pages}) == 1
    assert len(mail.outbox) == 3


@pytest.mark.usefixtures("mails_leave")
def test_links_are_built_on_our_own_address_t13(an: User, client: Client) -> None:
    client.post("/account/wachtwoord/vergeten/", {"email": an.email}, headers={"X-Forwarded-Host": "evil.be"})

    assert link_in(mail.outbox[0]).startswith("/account/wachtwoord/nieuw/")
    assert "evil.be" not in mail.outbox[0].body


@pytest.mark.parametrize("name", ["account_signup", "account_email", "socialaccount_signup"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(name: str, method: str, client: Client) -> None:
    form = {"email": "ik@voorbeeld.be", "password1": PASSWORD, "password2": PASSWORD}

    answer = getattr(client, method)(reverse(name), form)

    assert "op uitnodiging" in answer.content.decode()
    assert User.objects.filter(email="ik@voorbeeld.be").count() == 0


@pytest.mark.parametrize(
    "path",
    ["/account/signup/", "/account/email/", "/account/confirm-email/", "/account/3rdparty/", "/account/login/code/"],
)
def test_other_pages_of_allauth_are_not_there(path: str, client: Client) -> None:
    assert client.get(path).status_code == 404


def test_who_has_no_name_yet_is_asked_for_it(client: Client) -> None:
    user = User.objects.create_user("zonder.naam@voorbeeld.be")
    path = links.to_choose_a_password(user).removeprefix("http://localhost:8000")
    address = client.get(path, follow=True).redirect_chain[-1][0]
    fields = {"password1": PASSWORD, "password2": PASSWORD}

    assert "Je naam" in client.post(address, fields).content.decode()
    client.post(address, fields | {"name": "  Lotte   Maes "})

    user.refresh_from_db()
    assert (user.name, user.check_password(PASSWORD)) == ("Lotte Maes", True)
