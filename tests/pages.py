"""What a page says to who reads it."""

import re
from html import unescape
from typing import Any

from django.test import Client


def text(answer: Any) -> str:
    """The words of a page from its content on, without the marks around them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1])).split())


def read(client: Client, path: str) -> str:
    """The same of a page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200
    return text(answer)
