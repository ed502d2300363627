"""How strong what we lean on is: passwords, keys and codes, the log, mail, TLS, and a request that hides another."""

import base64
import io
import json
import logging
import random
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import decrypt
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from knox.models import AuthToken

from lerarenkaart import logs
from lerarenkaart.accounts import links
from pickup_points.models import User
from tests import make, programs, servers
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parents[2]
CADDY = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
HASHED = """
import django
django.setup()
from django.contrib.auth.hashers import make_password
print(make_password("een-lang-wachtwoord-voor-de-proef"))
"""


def test_passwords_are_kept_with_argon2id(tmp_path: Path) -> None:
    """As OWASP wants it at least: one round over 46 MiB, or two over 19."""
    kept = programs.python(HASHED, env=programs.environment(tmp_path)).stdout

    assert kept.startswith("argon2$argon2id$")
    memory, rounds = (int(re.findall(rf"{name}=(\d+)", kept)[0]) for name in "mt")
    assert any(memory >= least and rounds >= times for least, times in ((47_104, 1), (19_456, 2)))


def session_key() -> str:
    return str(SessionStore()._get_new_session_key())  # type: ignore[attr-defined]


def recovery_seed() -> str:
    return str(RecoveryCodes.generate_seed())


def api_key() -> str:
    _, key = AuthToken.objects.create(User.objects.get())
    return str(key)


# How many different ones there are at least, in bits, counted from how long they are and of how many signs.
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("made", "alphabet", "bits"),
    [(session_key, 36, 128), (generate_totp_secret, 32, 160), (recovery_seed, 16, 160), (api_key, 16, 128)],
    ids=["session", "app", "recovery", "program"],
)
def test_keys_cannot_be_guessed_or_foretold(made: Callable[[], str], alphabet: int, bits: int) -> None:
    User.objects.create_user("an@voorbeeld.be")
    keys = []
    for _ in range(50):
        random.seed(7)
        keys.append(made())

    assert len(set(keys)) == 50
    assert all(alphabet ** len(key) >= 2**bits for key in keys)


@pytest.mark.django_db
def test_recovery_codes_are_as_many_and_as_long_as_a_code_must_be() -> None:
    """Eight digits are more than the 20 bits a code needs, when few tries are let through."""
    an = User.objects.create_user("an@voorbeeld.be")
    codes = RecoveryCodes.activate(an).generate_codes()

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)


@pytest.mark.django_db
def test_a_code_of_the_app_is_over_after_a_minute() -> None:
    """Thirty seconds, and as long again for a clock that is off."""
    an = User.objects.create_user("an@voorbeeld.be")
    with time_machine.travel(NOW, tick=False) as clock:
        secret = make.second_factor(an)
        code = make.code_of(secret)
        clock.shift(30 + 30)
        totp = TOTP(Authenticator.objects.get(user=an, type=Authenticator.Type.TOTP))

        assert decrypt(totp.instance.data["secret"]) == secret
        assert not totp.validate_code(code)
        assert totp.validate_code(make.code_of(secret))


@pytest.mark.django_db
def test_a_link_is_signed_with_sha256_and_cannot_be_changed() -> None:
    an = User.objects.create_user("an@voorbeeld.be")
    key = links.to_choose_a_password(an).rstrip("/").rsplit("/", 1)[1]
    signature = key.rsplit("-", 1)[1]

    assert len(signature) >= 32
    assert base64.b16decode(signature.upper())
    assert PasswordResetTokenGenerator.algorithm is None  # and so that of the generator itself: sha256
    assert links.LinkTokens().algorithm == "sha256"


def test_a_line_of_the_log_says_when_in_utc() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_lines())
    with time_machine.travel(NOW, tick=False):
        handler.handle(logging.makeLogRecord({"msg": "proef", "levelname": "INFO", "name": "proef"}))

    assert json.loads(stream.getvalue())["timestamp"] == "2027-01-12T09:00:00Z"


def test_the_log_goes_one_way_and_always_through_the_mask(tmp_path: Path) -> None:
    """To the output of the process, where who deploys the site takes it from; nowhere else."""
    code = "import json, lerarenkaart.settings as s; print(json.dumps(s.LOGGING))"
    told = json.loads(programs.python(code, env=programs.environment(tmp_path)).stdout)

    assert list(told["handlers"]) == ["console"]
    assert (told["handlers"]["console"]["class"], told["handlers"]["console"]["filters"]) == (
        "logging.StreamHandler",
        ["mask"],
    )
    used = [one for logger in (told["root"], *told["loggers"].values()) for one in logger.get("handlers", [])]
    assert set(used) == {"console"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_a_mail_takes_no_second_header(end: str) -> None:
    wrong = EmailMessage(f"Kaarten{end}Bcc: vreemd@voorbeeld.be", "Dag", "a@voorbeeld.be", ["b@voorbeeld.be"])

    try:
        headers = wrong.message().as_string().split("\n\n")[0]
    except ValueError:
        return  # refused whole: nothing is sent
    assert not re.search(r"^Bcc:", headers, re.MULTILINE | re.IGNORECASE)


def test_the_proxy_keeps_to_modern_tls_and_certificates_everyone_knows() -> None:
    """TLS 1.2 and 1.3 are named; the ciphers are the proxy's own, and no certificate of one's own is put in."""
    assert CADDY.count("protocols tls1.2 tls1.3") == 1
    assert not re.search(
        r"^\s*(?:ciphers|curves)\b|tls internal|tls .*\.(?:pem|crt|key)|insecure|http://\{", CADDY, re.MULTILINE
    )
    assert CADDY.splitlines()[1] == "{$SITE_NAME} {"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The web process alone, as it is started in production."""
    port = servers.free_port()
    env = programs.environment(tmp_path, WEB_BIND=f"127.0.0.1:{port}", WEB_WORKERS="1", DEBUG="on")
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [str(ROOT / "deploy" / "start.sh"), "web"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
    try:
        assert programs.wait_until(
            lambda: b" 200 " in said_to(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        )
        yield "127.0.0.1", port
    finally:
        process.terminate()
        process.wait(timeout=40)


def said_to(port: int, raw: bytes) -> bytes:
    """Everything that comes back until the server closes or has nothing more to say."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as there:
            there.settimeout(2)
            there.sendall(raw)
            while piece := there.recv(65536):
                answer += piece
    except OSError:
        pass
    return answer


HIDDEN = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
SMUGGLED = {
    "length and chunks": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(HIDDEN)),
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN),
    "an odd word for chunks": b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"Content-Length : %d\r\n\r\n" % len(HIDDEN),
    "a length with a sign": b"Content-Length: +0\r\n\r\n",
    "a length below nothing": b"Content-Length: -1\r\n\r\n",
    "a chunk with a strange size": b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
}


def test_a_request_hides_no_other(web: tuple[str, int]) -> None:
    _, port = web
    answers = {
        name: said_to(port, b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n" + head + HIDDEN)
        for name, head in SMUGGLED.items()
    }

    # The hidden one is robots.txt: its text would be in the answer.
    assert [name for name, answer in answers.items() if b"Disallow" in answer] == []
    assert [
        name for name, answer in answers.items() if answer and not re.match(rb"HTTP/1\.[01] (?:4\d\d|501) ", answer)
    ] == []
    assert b"Disallow" in said_to(port, HIDDEN)
