"""reset_second_step: who has no colleague to help comes in again by a link, and it is written down."""

import io
import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from pickup_points.models import AccountEvent, User
from tests import make

pytestmark = pytest.mark.django_db


def test_the_link_begins_anew_and_the_event_stays() -> None:
    root = User.objects.create_superuser("root@voorbeeld.be", "een-lang-wachtwoord-voor-de-proef")
    make.second_factor(root)
    out = io.StringIO()

    call_command("reset_second_step", " Root@Voorbeeld.be", "--json", stdout=out)

    link = json.loads(out.getvalue())["link"].removeprefix("http://localhost:8000")
    assert Client().get(link, follow=True).context["form"].fields.keys() >= {"password1", "password2"}
    assert Authenticator.objects.count() == 0
    assert not User.objects.get().has_usable_password()
    event = AccountEvent.objects.get()
    assert (event.user, event.kind, event.by) == (root, "step_reset", None)


def test_nobody_or_nothing_to_take_is_refused() -> None:
    make.new_user("an@voorbeeld.be")

    for email, sentence in (("bo@voorbeeld.be", "geen account met dit"), ("an@voorbeeld.be", "geen tweede stap")):
        with pytest.raises(CommandError, match=sentence) as refused:
            call_command("reset_second_step", email)
        assert refused.value.returncode == 2
    assert AccountEvent.objects.count() == 0
