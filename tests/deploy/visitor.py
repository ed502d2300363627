"""Somebody at a browser, over the network: cookies, forms, redirects. Each request goes to the next machine, as behind a proxy."""

import http.client
import itertools
import json
import re
import ssl
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests import programs

HOST = "lerarenkaart.voorbeeld.be"
SECONDS = 30.0
REFRESH = 'http-equiv="refresh"'
MOST_REDIRECTS = 5
# What deploy/Caddyfile says: so long a machine that does not answer is tried again, or another one is.
TRY_AGAIN = 5.0


@dataclass(frozen=True)
class Answer:
    """What came back, and from which machine."""

    status: int
    body: bytes
    headers: dict[str, str]
    path: str
    port: tuple[str, int]

    @property
    def text(self) -> str:
        return self.body.decode()

    def has(self, words: str) -> bool:
        return words in self.text


@dataclass
class Front:
    """The machines in turn. Who does not open the door is passed by; only what can do no harm twice is sent twice."""

    places: Sequence[tuple[str, int]]
    # With it they are asked over TLS, and have to show who they are.
    context: ssl.SSLContext | None = None
    answered: "Counter[tuple[str, int]]" = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._turn = itertools.cycle(self.places)

    def ask(self, method: str, path: str, *, body: bytes | None, headers: dict[str, str]) -> Answer:
        until = time.monotonic() + TRY_AGAIN
        while True:
            place = next(self._turn)
            try:
                answer = self.ask_one(place, method, path, body=body, headers=headers)
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
            except (ConnectionResetError, http.client.RemoteDisconnected):
                if method != "GET" or time.monotonic() > until:
                    raise
            else:
                self.answered[place] += 1
                return answer

    def ask_one(
        self, place: tuple[str, int], method: str, path: str, *, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        """One request to one machine."""
        connection = http.client.HTTPConnection(*place, timeout=SECONDS)
        said = {"Host": HOST}
        if self.context:
            connection = http.client.HTTPSConnection(*place, timeout=SECONDS, context=self.context)
            # Over TLS a form has to come from a page of ours.
            said["Referer"] = f"https://{HOST}/"
        try:
            connection.request(method, path, body=body, headers=said | headers)
            got = connection.getresponse()
            told: dict[str, str] = {}
            for name, value in got.getheaders():
                known = name.lower()
                told[known] = f"{told[known]}\n{value}" if known in told else value
            return Answer(got.status, got.read(), told, path, place)
        finally:
            connection.close()


class Visitor:
    """One browser."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._follow(self.send("GET", path))

    def post(self, path: str, file: tuple[str, bytes] | None = None, /, **fields: str) -> Answer:
        """Send a form from the page it stands on."""
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")} | fields
        if file is None:
            body = urllib.parse.urlencode(fields).encode()
            kind = "application/x-www-form-urlencoded"
        else:
            body, kind = _parts(fields, file)
        return self._follow(self.send("POST", path, body=body, headers={"Content-Type": kind}))

    def api(self, path: str, *, token: str = "", data: Any = None) -> Answer:
        """A program: JSON in, JSON out."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Token {token}"} if token else {})
        body = None if data is None else json.dumps(data).encode()
        return self.send("GET" if body is None else "POST", path, body=body, headers=headers)

    def until_quiet(self, path: str) -> Answer:
        """The page of work, reloaded until it no longer reloads itself."""
        found: list[Answer] = []
        assert programs.wait_until(lambda: REFRESH not in self._latest(path, found).text), found[-1].text
        return found[-1]

    def send(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = (headers or {}) | ({"Cookie": cookie} if cookie else {})
        answer = self.front.ask(method, path, body=body, headers=sent)
        for line in answer.headers.get("set-cookie", "").splitlines():
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def _latest(self, path: str, found: list[Answer]) -> Answer:
        found.append(self.get(path))
        return found[-1]

    def _follow(self, answer: Answer) -> Answer:
        for _ in range(MOST_REDIRECTS):
            if answer.status not in {301, 302, 303}:
                return answer
            answer = self.send("GET", urllib.parse.urljoin(answer.path, answer.headers["location"]))
        raise AssertionError(f"{answer.path} leads round in circles")


def links(page: Answer, pattern: str) -> list[str]:
    """The addresses on a page that look like this."""
    return re.findall(rf'href="({pattern})"', page.text)


def _parts(fields: dict[str, str], file: tuple[str, bytes]) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    name, content = file
    texts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="bestand"; filename="{name}"\r\n'
    head += "Content-Type: text/csv\r\n\r\n"
    body = "".join(texts).encode() + head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"
