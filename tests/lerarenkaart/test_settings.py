"""The settings as a fresh process reads them: refused loudly, safe by default, ready for production."""

from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from lerarenkaart import addresses, api_settings, page_policy, task_settings
from lerarenkaart.accounts import fixed_settings
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
        ({"DATABASE_URL": "postgres://a@b/c?sslmode=require"}, "DATABASE_URL: sslmode=require kijkt niet na"),
        ({"DATABASE_URL": "postgres://a@b/c?sslmode=prefer"}, "DATABASE_URL: sslmode=prefer kijkt niet na"),
        ({"REDIS_URL": "http://localhost"}, "REDIS_URL:"),
        ({"REDIS_URL": "rediss://a/0?ssl_cert_reqs=none"}, "REDIS_URL: ssl_cert_reqs=none kijkt niet na"),
        ({"REDIS_URL": "rediss://a/0?ssl_check_hostname=false"}, "REDIS_URL: ssl_check_hostname=false kijkt niet na"),
        ({"SECRET_KEY_FILE": "/nergens"}, "SECRET_KEY en SECRET_KEY_FILE zijn allebei ingevuld"),
        ({"METRICS_TOKEN_FILE": "/nergens"}, "METRICS_TOKEN_FILE=/nergens: dit bestand is niet te lezen"),
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


@pytest.mark.parametrize("module", [fixed_settings, task_settings, api_settings, page_policy])
def test_no_fixed_setting_is_forgotten(module: ModuleType) -> None:
    fixed = {name for name in vars(module) if name.isupper()} - {"IN_A_HURRY", "NONE", "SELF"}

    assert fixed
    assert [name for name in fixed if getattr(settings, name, None) != getattr(module, name)] == []


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


SECRETS = {
    "SECRET_KEY": "een-sleutel-uit-een-bestand-van-de-kluis-0123456789-0123456789",
    "AUDIT_KEY": "een-tweede-sleutel-uit-de-kluis",
    "DATABASE_URL": "postgres://iemand:iets@127.0.0.1:1/lerarenkaart",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://post:geheim@mail.voorbeeld.be:587/?tls=True",
    "OIDC_CLIENT_SECRET": "geheim-van-acm-idm",
    "METRICS_TOKEN": "wie-mag-kijken",
    "SECOND_STEP_KEY": "een-derde-sleutel",
    "SECOND_STEP_OLD_KEYS": "van-vroeger nog-vroeger",
}


def test_every_secret_may_come_from_a_file(tmp_path: Path) -> None:
    files = {}
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
        files[f"{name}_FILE"] = str(tmp_path / name)
    code = """
import django
django.setup()
from django.conf import settings as s
print(s.SECRET_KEY, s.AUDIT_KEY, s.DATABASES["default"]["PASSWORD"], s.REDIS_URL, s.EMAIL_HOST_PASSWORD,
      s.OIDC_CLIENT_SECRET, s.METRICS_TOKEN, s.SECOND_STEP_KEYS[0], " ".join(s.SECOND_STEP_KEYS[1:]), sep="\\n")
"""

    done = programs.python(code, env=programs.environment(tmp_path / "var", **{"SECRET_KEY": ""} | files))

    told = SECRETS | {"DATABASE_URL": "iets", "EMAIL_URL": "geheim"}
    assert done.stdout.splitlines() == list(told.values()), done.stderr


def test_what_the_address_of_the_database_asks_is_kept_beside_our_own(tmp_path: Path) -> None:
    code = """
import django
django.setup()
from django.conf import settings
options = settings.DATABASES["default"]["OPTIONS"]
print(options["sslmode"], options["sslrootcert"], options["connect_timeout"], options["prepare_threshold"])
"""
    url = "postgres://iemand@127.0.0.1:1/lerarenkaart?sslmode=verify-full&sslrootcert=/run/secrets/ca.crt"

    done = programs.python(code, env=programs.environment(tmp_path, DATABASE_URL=url))

    assert done.stdout.split() == ["verify-full", "/run/secrets/ca.crt", "5", "1"], done.stderr


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("redis://127.0.0.1:1/0", "redis://127.0.0.1:1/0"),
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock?db=0"),
        ("rediss://redis:6379/0", "rediss://redis:6379/0?ssl_cert_reqs=required&ssl_check_hostname=true"),
        (
            "rediss://redis:6379/0?ssl_ca_certs=/run/secrets/ca.crt",
            "rediss://redis:6379/0?ssl_ca_certs=/run/secrets/ca.crt&ssl_cert_reqs=required&ssl_check_hostname=true",
        ),
    ],
)
def test_redis_over_tls_is_always_checked(typed: str, used: str) -> None:
    assert addresses.redis(typed) == used


def test_sessions_live_twelve_hours_at_most_t03() -> None:
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600


def test_tasks_survive_a_worker_that_dies() -> None:
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
