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


def connection(url: str) -> dict[str, Any]:
    """The same, with how we speak to it."""
    config = database(url)
    if config["ENGINE"].endswith("sqlite3"):
        # lessons.md 1: IMMEDIATE, WAL and a busy timeout take "database is locked" from 7 % to none.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;"
            ),
        }
    else:
        config["CONN_HEALTH_CHECKS"] = True
        # Statements and values apart, prepared at once: the lookup asks one statement thousands of times, and
        # planning it anew costs PostgreSQL three times what answering does (bench/RESULTS.md).
        # A process that hangs in the middle of a transaction lets go of what it locked: others wait for it no longer.
        config["OPTIONS"] = config.get("OPTIONS", {}) | {
            "server_side_binding": True,
            "prepare_threshold": 1,
            "connect_timeout": 5,
            "options": "-c idle_in_transaction_session_timeout=180000",
        }
    # A connection of its own for every request would cost more than the request.
    config["CONN_MAX_AGE"] = 600
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
