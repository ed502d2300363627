"""A small OpenID Connect server on loopback, as ACM/IDM is for us: discovery, login, token with PKCE, keys."""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT_ID, CLIENT_SECRET = "lerarenkaart", "een-geheim-tussen-twee"


@dataclass
class OpenIdServer:
    """`claims`: who logs in there next; `refuses`: they press cancel; a claim of None is left out. `asked` keeps what the client sent."""

    address: str
    claims: dict[str, Any] = field(default_factory=dict)
    audience: str = CLIENT_ID
    refuses: bool = False
    issuer: str = ""
    # What it signs with, when that is not its own key in the way it says.
    forged: tuple[Any, str] | None = None
    kid: str = "1"
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes after the person logged in here."""
        self.asked.append(asked)
        if self.refuses:
            return asked["redirect_uri"] + "?" + urlencode({"error": "access_denied", "state": asked["state"]})
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        before = self.codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if (
            before is None
            or (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET)
            or before["code_challenge_method"] != "S256"
            or before["code_challenge"] != base64.urlsafe_b64encode(digest).decode().rstrip("=")
            or before["redirect_uri"] != asked.get("redirect_uri")
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer or self.address, "aud": self.audience, "iat": now, "exp": now + 60}
        claims = told | {"nonce": before.get("nonce")} | self.claims
        key, algorithm = self.forged or (self.key, "ES256")
        left = {name: value for name, value in claims.items() if value is not None}
        id_token = jwt.encode(left, key, algorithm=algorithm, headers={"kid": self.kid})
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": id_token}

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "1", "alg": "ES256", "use": "sig"}]}


@contextmanager
def running() -> Iterator[OpenIdServer]:
    """Serve on a free port of loopback until the block ends."""
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server = OpenIdServer(f"http://127.0.0.1:{listening.server_port}")
    listening.openid = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: OpenIdServer = self.server.openid  # type: ignore[attr-defined]
        where = urlsplit(self.path)
        if where.path == "/.well-known/openid-configuration":
            self._answer(200, server.discovery())
        elif where.path == "/jwks":
            self._answer(200, server.jwks())
        elif where.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", server.authorize(_plain(where.query)))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        server: OpenIdServer = self.server.openid  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(*server.token(_plain(body)))

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Silent: the tests speak for it."""

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


def _plain(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
