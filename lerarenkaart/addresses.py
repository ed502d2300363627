"""The addresses of the database and of Redis as one setting each, and what they say about who answers there.

Over TLS the one who answers is always checked: encryption with a stranger protects nothing.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Both redis-py and Celery read them from the address; Celery would check nothing without.
CHECKED = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}


def database(url: str) -> dict[str, Any]:
    """What Django calls a database, with everything its address asks; refuses TLS that does not check who answers."""
    if urlsplit(url).scheme not in {"postgres", "postgresql", "sqlite"}:
        raise ImproperlyConfigured("DATABASE_URL: alleen postgres://… en sqlite:///… zijn mogelijk.")
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    mode = config.get("OPTIONS", {}).get("sslmode", "verify-full")
    if mode not in {"verify-full", "disable"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL: sslmode={mode} kijkt niet na wie er antwoordt. Schrijf sslmode=verify-full en sslrootcert=…"
        )
    return config


def redis(url: str) -> str:
    """The address for everyone who asks Redis; with rediss:// it says itself that the certificate is checked."""
    told = urlsplit(url)
    if url and told.scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured("REDIS_URL: redis://…, rediss://… of unix://… wordt verwacht.")
    if told.scheme != "rediss":
        return url
    asked = dict(parse_qsl(told.query))
    for name, value in CHECKED.items():
        if asked.get(name, value) != value:
            raise ImproperlyConfigured(f"REDIS_URL: {name}={asked[name]} kijkt niet na wie er antwoordt. Laat het weg.")
    return told._replace(query=urlencode(asked | CHECKED, safe="/")).geturl()
