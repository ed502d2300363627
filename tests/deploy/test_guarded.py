"""Behind the proxy: everything over TLS with who shows a certificate of ours, and each process with no more rights than it needs."""

import http.client
import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import programs
from tests.deploy import guarded
from tests.deploy.guarded import NAMELESS, OWNER, WEB, WORKER, Network
from tests.deploy.machines import Installation
from tests.deploy.small_year import PEOPLE, SURNAME, SmallYear
from tests.deploy.visitor import HOST
from tests.security.test_audit_grants import FORBIDDEN

# What only the owner of the tables may.
OWNERS = (
    "DROP TABLE distribution_card",
    "ALTER TABLE distribution_card ADD COLUMN iets integer",
    "ALTER TABLE distribution_reading DISABLE TRIGGER ALL",
    "TRUNCATE distribution_card",
    "TRUNCATE distribution_reading",
    "CREATE TABLE iets (id integer)",
    "CREATE INDEX iets ON distribution_card (id)",
    "DELETE FROM django_migrations",
    "CREATE ROLE iemand",
    "SET ROLE lerarenkaart_owner",
    "COPY distribution_card TO PROGRAM 'true'",
    "COPY distribution_card TO '/tmp/kaarten'",
)
# Everyone who asks Redis: the page that says whether it answers, the limiter, and Celery.
ASK_REDIS = """
import datetime as dt
import json
import logging
import django
django.setup()
logging.disable()
from django.conf import settings
from distribution.actions import lookup_counters
from lerarenkaart import health
from lerarenkaart.celery import app

class Elsewhere:
    def add(self, changes, *, at):
        raise ConnectionError

def can(ask):
    try:
        ask()
    except Exception:
        return False
    return True

counters = lookup_counters.RedisCounters(settings.REDIS_URL, otherwise=Elsewhere())
change = lookup_counters.Change(key="proef", amount=1, seconds=60)
print(json.dumps({
    "health": health._redis_answers(),
    "limiter": can(lambda: counters.add([change], at=dt.datetime.now(dt.UTC))),
    "celery": can(lambda: app.send_task("distribution.tasks.seal_readings")),
}))
"""
FORGET = """
import datetime as dt
import django
django.setup()
from django.conf import settings
from django.utils import timezone
from distribution.actions import reading_seals
now, tomorrow = timezone.now(), timezone.now() + dt.timedelta(days=1)
reading_seals.seal(at=now, secret=settings.AUDIT_KEY)
reading_seals.forget_words(tomorrow, at=now)
print(reading_seals.forget_readings(tomorrow, at=now))
"""


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with guarded.network() as made:
        yield made


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates with the same names, of an authority that is not ours."""
    folder = tmp_path_factory.mktemp("vreemden")
    guarded.certificates(folder)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with guarded.installation(tmp_path) as made:
        made.migrate()
        first, second = made.machines
        made.start((first, "scheduler"), *((one, role) for role in ("worker", "web") for one in (first, second)))
        yield made


def test_a_year_over_tls_with_the_least_rights(site: Installation, strangers: Path, tmp_path: Path) -> None:
    """One walk, since what it stands on is what takes the time."""
    year = SmallYear(site)
    year.enter()
    year.open()
    year.send_files()
    year.run()
    year.freeze()
    year.print_and_lists()
    year.hand_over()
    assert year.figures() == {"cards": 10, "subscription": 1, "starter": 1, "at_points": 8, "lower": 1}
    _the_site_shows_who_it_is(site, strangers)
    _what_was_loaded_is_counted(site)
    _nobody_has_the_rights_of_the_owner(site)
    _what_later_migrations_make_can_be_used(site)
    _a_copy_is_made_over_tls(site, tmp_path)
    _the_worker_forgets(site, year)
    assert [name for name, text in site.logs() if "permission denied" in text or "Traceback" in text] == []


def _the_site_shows_who_it_is(site: Installation, strangers: Path) -> None:
    place = site.machines[0].place
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection(*place, context=guarded.context(strangers)).request("GET", "/healthz")
    in_the_open = http.client.HTTPConnection(*place, timeout=10)
    in_the_open.request("GET", "/healthz", headers={"Host": HOST})
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        in_the_open.getresponse()


def _what_was_loaded_is_counted(site: Installation) -> None:
    """By the worker, to whom the tables do not belong."""
    counted = "SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NOT NULL ORDER BY 1"
    assert programs.wait_until(
        lambda: {"distribution_appointment", "distribution_person"} <= {name for (name,) in site.query(counted)}
    )


def _nobody_has_the_rights_of_the_owner(site: Installation) -> None:
    for role in (WEB, WORKER):
        assert _refused(_address(site, role), OWNERS) == list(OWNERS)
    only_added = (*FORBIDDEN, "CREATE TEMPORARY TABLE iets (id integer)")
    assert _refused(_address(site, WEB), only_added) == list(only_added)
    assert site.query("SELECT count(*) > 0 FROM distribution_reading") == [(True,)]


def _refused(address: str, statements: tuple[str, ...]) -> list[str]:
    """The statements that PostgreSQL says this role may not do."""
    refused = []
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            try:
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                refused.append(statement)
    return refused


def _what_later_migrations_make_can_be_used(site: Installation) -> None:
    site.query("CREATE TABLE later (id bigint GENERATED BY DEFAULT AS IDENTITY)")
    for role in (WEB, WORKER):
        with psycopg.connect(_address(site, role), autocommit=True) as connection:
            connection.execute("INSERT INTO later DEFAULT VALUES")
            connection.execute("UPDATE later SET id = id")
            connection.execute("DELETE FROM later")
    site.query("DROP TABLE later")


def _a_copy_is_made_over_tls(site: Installation, folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [str(guarded.DEPLOY / "backup.sh"), str(folder / "kopie")],
        env=env | {"DATABASE_URL": site.database, "BACKUP_PLAIN": "yes"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).stat().st_size > 0


def _the_worker_forgets(site: Installation, year: SmallYear) -> None:
    """What the site may only add to, the worker lets go of when its time has passed; and the people of a year."""
    ((looks,),) = site.query("SELECT count(*) FROM distribution_reading")
    done = programs.python(FORGET, env=site.machines[0].env)
    assert done.stdout.splitlines()[-1:] == [str(looks)], done.stderr
    named = "SELECT count(*) FROM distribution_person p WHERE to_jsonb(p)::text LIKE %s"
    assert site.query(named, f"%{SURNAME}%") == [(PEOPLE,)]
    site.manage("purge", "--year", str(year.year), "--force", "proef van de rechten")
    assert site.query(named, f"%{SURNAME}%") == [(0,)]


def _address(site: Installation, role: str) -> str:
    name = next(one for one, its in guarded.ROLES.items() if its == role)
    return site.machines[0].own[name]["DATABASE_URL"]


def test_postgresql_lets_in_who_shows_the_certificate_of_a_role(network: Network) -> None:
    for role in (OWNER, WEB, WORKER):
        with psycopg.connect(network.database(role)) as connection:
            asked = "SELECT current_user, ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            assert connection.execute(asked).fetchone() == (role, True, "TLSv1.3")


STRANGER = {"sslcert": "{strangers}/lerarenkaart_web.crt", "sslkey": "{strangers}/lerarenkaart_web.key"}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"sslmode": "disable"}, "no encryption"),
        ({"sslrootcert": "{strangers}/ca.crt"}, "certificate verify failed"),
        ({"sslcert": "", "sslkey": ""}, "requires a valid client certificate"),
        (STRANGER, "unknown ca"),
    ],
    ids=["plain", "another-authority", "no-certificate", "certificate-of-a-stranger"],
)
def test_postgresql_refuses(network: Network, strangers: Path, other: dict[str, str], why: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=why):
        psycopg.connect(network.database(WEB, **_filled(other, strangers)))


@pytest.mark.parametrize(
    ("part", "becomes", "why"),
    [
        ("127.0.0.1", NAMELESS, "does not match host name"),
        (f"//{WEB}@", f"//{OWNER}@", "certificate authentication failed"),
        (f"//{WEB}@", "//postgres@", "no pg_hba.conf entry"),
        ("/lerarenkaart?", "/postgres?", "no pg_hba.conf entry"),
    ],
)
def test_a_certificate_opens_its_own_door_only(network: Network, part: str, becomes: str, why: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=why):
        psycopg.connect(network.database(WEB).replace(part, becomes))


@pytest.mark.parametrize(
    ("change", "can"),
    [
        ({}, True),
        ({"ssl_ca_certs": "{strangers}/ca.crt"}, False),
        ({"ssl_certfile": "", "ssl_keyfile": ""}, False),
        (
            {"ssl_certfile": "{strangers}/lerarenkaart_web.crt", "ssl_keyfile": "{strangers}/lerarenkaart_web.key"},
            False,
        ),
        ({"host": NAMELESS}, False),
        ({"scheme": "redis"}, False),
    ],
    ids=["ours", "another-authority", "no-certificate", "certificate-of-a-stranger", "another-name", "plain"],
)
def test_everyone_who_asks_redis_checks_who_answers(
    network: Network, strangers: Path, tmp_path: Path, change: dict[str, str], *, can: bool
) -> None:
    change = _filled(change, strangers)
    host, scheme = change.pop("host", "127.0.0.1"), change.pop("scheme", "rediss")
    url = network.redis(**change).replace("127.0.0.1", host).replace("rediss://", f"{scheme}://")
    if scheme == "redis":
        url = url.partition("?")[0]

    done = programs.python(ASK_REDIS, env=programs.environment(tmp_path, REDIS_URL=url))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == dict.fromkeys(("health", "limiter", "celery"), can)


def _filled(change: dict[str, str], strangers: Path) -> dict[str, str]:
    return {name: value.format(strangers=strangers) for name, value in change.items()}
