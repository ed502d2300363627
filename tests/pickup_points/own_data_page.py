"""The page of a point's own data as a test goes through it: open it, type, send, read."""

import re
from html import unescape
from typing import Any

from django.test import Client

from pickup_points.models import DeskMember

URL = "/balie/gent/gegevens/"


def log_in_again(client: Client) -> None:
    """Another day: a session lasts twelve hours."""
    client.force_login(DeskMember.objects.get().user)


def hidden(answer: Any) -> dict[str, str]:
    """The hidden fields of a form, and the texts a person would find typed in it."""
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.content.decode()))
    return {name: unescape(value) for name, value in found.items() if name not in {"csrfmiddlewaretoken", "step"}}


def start(client: Client) -> dict[str, str]:
    """The form as it opens, ready to be changed and sent."""
    answer = client.get(URL)
    form = answer.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields} | {"basis": answer.context["basis"]}


def send(client: Client, step: str, **typed: str) -> Any:
    return client.post(URL, start(client) | typed | {"step": step})


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in answer.context["form"].errors.items()}
