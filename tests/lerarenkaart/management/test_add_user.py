"""add_user: an account with a desk or a role, a link that works, a token that works."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from knox.models import AuthToken

from distribution.models import CardYear
from pickup_points.models import DeskMember, User
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "een-lang-wachtwoord-voor-de-proef"


def add_user(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("add_user", *arguments, "--json", stdout=out)
    (line,) = out.getvalue().splitlines()
    answer: dict[str, Any] = json.loads(line)
    return answer


@pytest.mark.parametrize(
    ("options", "role", "desk_role", "klasse_role"),
    [
        (("--desk", "bib"), "desk", "desk", ""),
        (("--manager", "bib"), "manager", "manager", ""),
        (("--office",), "office", None, "office"),
        (("--reader",), "reader", None, "reader"),
    ],
)
def test_each_role(options: tuple[str, ...], role: str, desk_role: str | None, klasse_role: str) -> None:
    make.point("bib")

    answer = add_user("Bo@Voorbeeld.be", *options)

    user = User.objects.get(email="bo@voorbeeld.be")
    assert {key: answer[key] for key in ("email", "role", "token")} == {
        "email": "bo@voorbeeld.be",
        "role": role,
        "token": None,
    }
    assert (user.klasse_role, user.has_usable_password()) == (klasse_role, False)
    assert list(user.desks.values_list("role", flat=True)) == ([desk_role] if desk_role else [])


def test_the_link_lets_someone_choose_a_password(client: Client) -> None:
    make.point("bib")
    link = add_user("bo@voorbeeld.be", "--desk", "bib")["link"].removeprefix("http://localhost:8000")
    page = client.get(link, follow=True)

    client.post(page.redirect_chain[-1][0], {"name": "Bo", "password1": PASSWORD, "password2": PASSWORD})

    assert User.objects.get(email="bo@voorbeeld.be").check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(User.objects.get(email="bo@voorbeeld.be").pk)


def test_again_gives_another_desk_and_a_new_link() -> None:
    make.point("bib")
    make.point("ander")
    add_user("bo@voorbeeld.be", "--desk", "bib")

    answer = add_user("bo@voorbeeld.be", "--manager", "ander")
    add_user("bo@voorbeeld.be", "--manager", "ander")

    kept = DeskMember.objects.order_by("pk").values_list("point__code", "role", "ended_at")
    assert list(kept) == [("bib", "desk", None), ("ander", "manager", None)]
    assert answer["link"].startswith("http://localhost:8000/account/wachtwoord/nieuw/")


def test_the_token_opens_the_api_and_is_kept_as_a_hash(card_year: CardYear) -> None:
    make.point("bib")

    token = add_user("bo@voorbeeld.be", "--desk", "bib", "--token")["token"]
    answer = Client().get("/api/v1/desk/cards/?q=Pee", headers={"Authorization": f"Token {token}"})

    assert answer.status_code == 200
    assert AuthToken.objects.get().digest != token
    assert token not in str(AuthToken.objects.values().get())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("bo@voorbeeld.be", "--desk", "bestaat-niet"), "Er is geen afhaalpunt met de code bestaat-niet."),
        (("geen adres", "--office"), "Dit is geen e-mailadres."),
    ],
)
def test_refused_with_a_sentence_and_nothing_changed(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        add_user(*arguments)

    assert refused.value.returncode == 2
    assert User.objects.count() == 0


def test_a_role_must_be_said_and_only_one() -> None:
    for arguments in (("bo@voorbeeld.be",), ("bo@voorbeeld.be", "--office", "--reader")):
        with pytest.raises(CommandError):
            add_user(*arguments)


def test_in_words_for_a_person_at_a_terminal() -> None:
    make.point("bib")
    out = io.StringIO()

    call_command("add_user", "bo@voorbeeld.be", "--desk", "bib", stdout=out)

    assert out.getvalue().splitlines()[0] == "bo@voorbeeld.be: desk van bib"
    assert out.getvalue().count("/account/wachtwoord/nieuw/") == 1
