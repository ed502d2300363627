"""The settings as a fresh process reads them: refused loudly, safe by default, ready for production."""

from pathlib import Path

import pytest
from django.conf import settings

from tests import programs

PRODUCTION = {
    "SECRET_KEY": "kort-is-niet-genoeg-daarom-staat-hier-een-heel-lange-zin-met-0123456789",
    "ALLOWED_HOSTS": "lerarenkaart.voorbeeld.be",
    "SITE_URL": "https://lerarenkaart.voorbeeld.be",
    "NUM_PROXIES": "1",
    "DATABASE_URL": "postgres://iemand:iets@127.0.0.1:1/lerarenkaart",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY ontbreekt."),
        ({"DEBUG": "soms"}, "DEBUG='soms'"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS=*"),
        ({"NUM_PROXIES": "veel"}, "NUM_PROXIES='veel'"),
        ({"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL: alleen"),
        ({"REDIS_URL": "http://localhost"}, "REDIS_URL:"),
        ({"LOOKUP_MODE": "dicht"}, "LOOKUP_MODE='dicht'"),
        ({"LOOKUP_MODE": "login"}, "LOOKUP_MODE=login vraagt een aanmelding"),
        ({"OIDC_ISSUER": "https://aanmelden.voorbeeld.be"}, "OIDC_ISSUER is ingevuld"),
        ({"MFA_REQUIRED": "soms"}, "MFA_REQUIRED='soms'"),
        ({"DESK_IDLE_MINUTES": "0"}, "DESK_IDLE_MINUTES='0'"),
        ({"LOOKUP_LIMITS": "hoog"}, "LOOKUP_LIMITS='hoog'"),
        ({"STATEMENT_TIMEOUT": "0"}, "STATEMENT_TIMEOUT='0'"),
        ({"STAFF_NUMBER_CHECK": "soepel"}, "STAFF_NUMBER_CHECK='soepel'"),
        ({"VAR_DIR": "/dev/null/map"}, "VAR_DIR=/dev/null/map"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_senseless_setting_stops_the_start(variables: dict[str, str], sentence: str, tmp_path: Path) -> None:
    done = programs.python("import lerarenkaart.settings", env=programs.environment(tmp_path, **variables))

    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]


def test_login_mode_with_a_login_starts(tmp_path: Path) -> None:
    acm_idm = {"OIDC_ISSUER": "https://aanmelden.voorbeeld.be", "OIDC_CLIENT_ID": "lk", "OIDC_CLIENT_SECRET": "geheim"}
    env = programs.environment(tmp_path, LOOKUP_MODE="login", **acm_idm)

    assert programs.python("import lerarenkaart.settings", env=env).returncode == 0


def test_debug_needs_no_secret_key(tmp_path: Path) -> None:
    env = programs.environment(tmp_path, DEBUG="on", SECRET_KEY="")

    assert programs.python("import lerarenkaart.settings", env=env).returncode == 0


def test_check_deploy_is_clean_in_production_p13(tmp_path: Path) -> None:
    done = programs.manage(
        "check", "--deploy", "--fail-level", "WARNING", env=programs.environment(tmp_path, **PRODUCTION)
    )

    assert done.returncode == 0, done.stderr


def test_https_site_redirects_and_promises_a_year_p13(tmp_path: Path) -> None:
    code = """
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "lerarenkaart.voorbeeld.be"})
plain = client.get("/robots.txt")
safe = client.get("/robots.txt", headers={"X-Forwarded-Proto": "https"})
print(plain.status_code, plain["Location"], plain["X-Frame-Options"])
print(safe.status_code, safe["Strict-Transport-Security"])
# The machine beside this one asks without TLS.
print(client.get("/healthz").status_code)
"""

    done = programs.python(code, env=programs.environment(tmp_path, **PRODUCTION))

    assert done.stdout.splitlines() == [
        "301 https://lerarenkaart.voorbeeld.be/robots.txt DENY",
        "200 max-age=31536000; includeSubDomains",
        "200",
    ], done.stderr


def test_the_api_without_tls_is_refused_and_not_sent_on(tmp_path: Path) -> None:
    code = """
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "lerarenkaart.voorbeeld.be", "Authorization": "Token geheim"})
plain = [client.post("/api/v1/lookup/", "{}", content_type="application/json"), client.get("/api/v1/schema/")]
for answer in plain:
    print(answer.status_code, answer["Content-Type"], answer.json()["code"], answer.headers.get("Location"), answer["X-Content-Type-Options"])
print(client.get("/api/v1/schema/", headers={"X-Forwarded-Proto": "https"}).status_code)
"""

    done = programs.python(code, env=programs.environment(tmp_path, **PRODUCTION))

    assert done.stdout.splitlines() == ["403 application/problem+json https_only None nosniff"] * 2 + ["200"], (
        done.stderr
    )


def test_embedded_is_the_default(tmp_path: Path) -> None:
    code = """
import django
django.setup()
from django.conf import settings
print(settings.EMBEDDED, settings.CELERY_BROKER_URL, settings.DATABASES["default"]["ENGINE"], settings.DEBUG)
print(settings.LOOKUP_MODE, settings.LOOKUP_LIMITS, settings.STAFF_NUMBER_CHECK, settings.NUM_PROXIES)
"""

    done = programs.python(code, env=programs.environment(tmp_path))

    assert done.stdout.splitlines() == [
        "True memory://localhost// django.db.backends.sqlite3 False",
        "open True strict 0",
    ]


def test_production_uses_what_it_was_given(tmp_path: Path) -> None:
    code = """
import django
django.setup()
from django.conf import settings
print(settings.EMBEDDED, settings.CELERY_BROKER_URL, settings.DATABASES["default"]["ENGINE"])
"""

    done = programs.python(code, env=programs.environment(tmp_path, **PRODUCTION))

    assert done.stdout.split() == ["False", "redis://127.0.0.1:1/0", "django.db.backends.postgresql"]


def test_sessions_live_twelve_hours_at_most_t03() -> None:
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600


def test_tasks_survive_a_worker_that_dies() -> None:
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
