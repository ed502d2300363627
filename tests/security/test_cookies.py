"""Every cookie of a site behind https: sent to this host alone, over TLS, and only what a script needs is readable by one."""

import json
from pathlib import Path

from tests import programs

HOST = "lerarenkaart.voorbeeld.be"
# A site of its own, as in production: who logs in, looks up a card, and says something to a page.
VISIT = """
import datetime as dt, json
import django, time_machine
django.setup()
from django.test import Client
from distribution.actions import years
from pickup_points.models import User
from tests import make, outcomes
from tests.conftest import NOW
time_machine.travel(NOW).start()
season = outcomes.season(years.open_year(2027, at=NOW - dt.timedelta(days=70)))
an = User.objects.create_user("an@voorbeeld.be", "een-lang-wachtwoord-voor-de-proef")
make.member(season.point, an)
client = Client(headers={"host": "HOST", "X-Forwarded-Proto": "https"}, SERVER_NAME="HOST")
seen = {}
def go(method, path, *data):
    answer = getattr(client, method)(path, *data)
    for name, cookie in answer.cookies.items():
        if cookie.value:
            seen[name] = {key: cookie[key] for key in ("secure", "httponly", "samesite", "path", "domain")}
go("get", "/account/login/")
go("post", "/account/login/", {"login": an.email, "password": "een-lang-wachtwoord-voor-de-proef"})
go("post", "/account/wachtwoord/", {"oldpassword": "een-lang-wachtwoord-voor-de-proef",
    "password1": "nog-een-lang-wachtwoord-met-zinnen", "password2": "nog-een-lang-wachtwoord-met-zinnen"})
go("post", "/waarismijnlerarenkaart/", {"stamboeknummer": season.numbers["at_pickup_point"]})
print(json.dumps(seen))
""".replace("HOST", HOST)


def test_every_cookie_is_for_this_host_over_tls_alone(tmp_path: Path) -> None:
    env = programs.environment(
        tmp_path,
        SITE_URL=f"https://{HOST}",
        ALLOWED_HOSTS=HOST,
        NUM_PROXIES="1",
        EMAIL_URL="memorymail://",
    )
    for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput")):
        assert programs.manage(*command, env=env).returncode == 0

    done = programs.python(VISIT, env=env)

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    ours = ("sessionid", "csrftoken", "toestel", "eerder_juist", "messages")
    assert set(seen) == {f"__Host-{name}" for name in ours}
    for name, cookie in seen.items():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), name
        assert cookie["samesite"] == "Lax", name
        # The scripts of a desk send the token of the form along; everything else is for the server alone.
        assert bool(cookie["httponly"]) is (name != "__Host-csrftoken"), name
