"""What a password may be, how it is typed, and how it is changed (ASVS 6.2)."""

import re
from typing import Any

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from lerarenkaart.accounts import links, passwords
from pickup_points.models import User
from tests.lerarenkaart.accounts.conftest import ANOTHER, PASSWORD, is_logged_in, log_in

pytestmark = pytest.mark.django_db
CHANGE = "/account/wachtwoord/"


def refusal(password: str) -> str:
    try:
        validate_password(password)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def change(client: Client, old: str, new: str, again: str = "") -> Any:
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again or new})


def chosen(user: User, password: str) -> int:
    """Through the link of the mail, as in a browser; gives the status."""
    client = Client()
    page = client.get(links.to_choose_a_password(user).removeprefix("http://localhost:8000"), follow=True)
    answer = client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
    return answer.status_code


def test_who_is_logged_in_changes_their_password(an: User, client: Client) -> None:
    log_in(client, an.email)

    answer = change(client, PASSWORD, ANOTHER)

    assert answer.status_code == 302
    assert is_logged_in(client)
    assert [log_in(Client(), an.email, one).status_code for one in (ANOTHER, PASSWORD)] == [302, 200]


@pytest.mark.parametrize("old", ["", ANOTHER, PASSWORD.upper(), PASSWORD + " "])
def test_a_change_wants_the_password_of_now(old: str, an: User, client: Client) -> None:
    log_in(client, an.email)

    page = change(client, old, ANOTHER)

    assert page.status_code == 200
    assert [log_in(Client(), an.email, one).status_code for one in (ANOTHER, PASSWORD)] == [200, 302]


def test_a_change_follows_the_same_rules(an: User, client: Client) -> None:
    log_in(client, an.email)

    short, unlike = change(client, PASSWORD, "kort"), change(client, PASSWORD, ANOTHER, PASSWORD)

    assert "Dit is te kort." in short.content.decode()
    assert unlike.status_code == 200
    assert log_in(Client(), an.email).status_code == 302


def test_every_common_password_is_refused() -> None:
    """Of the list: the long ones because they are common, the others already because they are short."""
    common = CommonPasswordValidator().passwords
    long = [one for one in common if len(one) >= passwords.SHORTEST]

    assert len(common) > 3_000
    assert len(long) > 10
    assert [one for one in common if not refusal(one)] == []
    assert [one for one in long if "veel mensen" not in refusal(one)] == []
    assert [one for one in long if "veel mensen" not in refusal(one.upper())] == []


@pytest.mark.parametrize(
    "password",
    ["zomaar kleine letters", "ZOMAAR GROTE LETTERS", "830472915586204", "~~/{}^%$#@!()~~;", "één zin met ümlaut", "鯨は海を泳ぐ鯨は海を泳ぐ鯨は海"],
)  # fmt: skip
def test_no_kind_of_character_is_asked_for_or_forbidden(password: str, an: User) -> None:
    assert len(password) >= passwords.SHORTEST

    assert chosen(an, password) == 302
    assert log_in(Client(), an.email, password).status_code == 302


@pytest.mark.parametrize("length", [64, 128, 500])
def test_a_long_password_is_taken_whole(length: int, an: User) -> None:
    password = ("een zin die lang doorgaat " * 20)[: length - 1] + "x"

    assert chosen(an, password) == 302
    others = [password[:-1] + "y", password[:-1], password[: length // 2]]
    assert log_in(Client(), an.email, password).status_code == 302
    assert [log_in(Client(), an.email, one).status_code for one in others] == [200] * 3


def test_what_is_compared_is_what_was_typed(an: User) -> None:
    password = "  Een Zin Met Spaties  "
    assert chosen(an, password) == 302

    near = [password.strip(), password.lower(), password.rstrip()]

    assert [log_in(Client(), an.email, one).status_code for one in near] == [200] * 3
    assert log_in(Client(), an.email, password).status_code == 302


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        ("Lerarenkaart2027", True),
        ("klasse-klasse-klasse", True),
        ("Bibliotheek!2026!", True),
        ("welkom bij de balie 1", True),
        ("wachtwoord12345678", True),
        ("de balie staat naast een palmboom", False),
        ("mijn kaart ligt in Timboektoe", False),
        ("paarse olifanten fluiten", False),
    ],
)
def test_words_of_the_site_alone_are_no_password(password: str, is_refused: bool) -> None:  # noqa: FBT001
    assert ("woorden van deze site" in refusal(password)) is is_refused


def test_password_fields_hide_what_is_typed_and_let_a_password_manager_help(an: User, client: Client) -> None:
    link = client.get(links.to_choose_a_password(an).removeprefix("http://localhost:8000"), follow=True)
    login = Client().get("/account/login/").content.decode()
    log_in(client, an.email)
    pages = [link.content.decode(), login, client.get(CHANGE).content.decode()]

    found = [re.findall(r"<input[^>]*password[^>]*>", page) for page in pages]

    assert [len(fields) for fields in found] == [2, 1, 3]
    for field in (field for fields in found for field in fields):
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(new|current)-password"', field), field
        assert not re.search(r"\son\w+=|maxlength|readonly", field), field


def test_nobody_has_an_account_before_somebody_makes_one() -> None:
    """What the migrations leave behind: no account, and so no password that everyone knows."""
    assert User.objects.count() == 0
