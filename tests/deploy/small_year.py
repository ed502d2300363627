"""A whole small year over the network, as Klasse, a desk and a teacher would go through it. All people are fictitious."""

import csv
import datetime as dt
import io
import json
import re
import uuid
from dataclasses import dataclass, field

from tests import make
from tests.conftest import BRUSSELS
from tests.deploy.machines import Installation
from tests.deploy.visitor import Answer, links
from tests.files import appointment

PASSWORD = "vier-blauwe-fietsen-op-zolder"
POINTS = {"gent": "9000", "aalst": "9300"}
WEEK = dict.fromkeys(("ma", "di", "wo", "do", "vr", "za", "zo"), "08:00-20:00")
SUBSCRIBER, STARTER = 8, 9
PEOPLE = 10
SURNAME = "Verzinsels"
NUMBERS = [make.staff_number(serial) for serial in range(PEOPLE)]
FILE = r"/beheer/werk/\d+/bestand/\d+/"


@dataclass
class SmallYear:
    """The accounts of a year, and the steps in their order."""

    site: Installation
    year: int = field(default_factory=lambda: dt.datetime.now(BRUSSELS).year)
    token: str = ""
    # Of each authenticator app its key: the page that shows it does so once, and the database keeps it sealed.
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kim, self.mo, self.teacher = (self.site.visitor() for _ in range(3))

    @property
    def today(self) -> dt.date:
        return dt.datetime.now(BRUSSELS).date()

    def enter(self) -> None:
        """Two people of Klasse: a link from the command line, a password, a second step; then out and in again by the form."""
        for visitor, email in ((self.kim, "kim@voorbeeld.be"), (self.mo, "mo@voorbeeld.be")):
            told = json.loads(self.site.manage("add_user", email, "--office", "--json"))
            page = visitor.get(told["link"].removeprefix(f"http://{told['link'].split('/')[2]}"))
            page = visitor.post(page.path, name=email.split("@")[0], password1=PASSWORD, password2=PASSWORD)
            assert page.status == 200, page.text
            page = visitor.get("/account/twee-stappen/app/")
            secret = re.search(r'<p class="secret"><code>(\w+)</code>', page.text)
            assert secret, page.text
            self.secrets[email] = secret[1]
            visitor.post("/account/twee-stappen/app/", code=make.code_of(secret[1]))
            assert visitor.get("/beheer/").has("Open een jaar")
        self.kim.post("/account/logout/")
        assert self.kim.get("/beheer/").path.startswith("/account/login/")
        self.kim.post("/account/login/", login="kim@voorbeeld.be", password=PASSWORD)
        page = self.kim.post("/account/twee-stappen/code/", code=make.code_of(self.secrets["kim@voorbeeld.be"]))
        assert self.kim.get("/beheer/").status == 200, page.text

    def open(self) -> None:
        yesterday = (self.today - dt.timedelta(days=1)).isoformat()
        page = self.kim.post(
            "/beheer/jaar/openen/",
            kaartjaar=str(self.year),
            lookup_from=yesterday,
            collect_from=yesterday,
            collect_until=f"{self.year}-12-31",
            mailing_1=f"{self.year}-12-31",
        )
        assert page.has(f"Het jaar {self.year} is geopend."), page.text

    def send_files(self) -> None:
        """Points, people and the two lists: each looked at and then taken."""
        self._take("afhaalpunten", _table([self._point(code) for code in POINTS]))
        self._take("personeel", _table([_person(serial) for serial in range(PEOPLE)]))
        self._take("abonnees", _table([{"stamboeknummer": NUMBERS[SUBSCRIBER]}]))
        held = [{"stamboeknummer": NUMBERS[serial]} for serial in range(PEOPLE) if serial != STARTER]
        self._take("kaarthouders", _table(held))

    def run(self) -> None:
        on = self.today.isoformat()
        for wanted, told in (("proef", "er veranderde niets"), ("echt", "klaar")):
            page = self.work(f"/beheer/{self.year}/toekennen/", reference_date=on, wat=wanted)
            assert page.has(told), page.text
        assert self.site.query("SELECT count(*) FROM distribution_card") == [(PEOPLE,)]

    def freeze(self) -> None:
        """Kim asks, Mo agrees."""
        page = self.kim.post(f"/beheer/{self.year}/bevriezen/", aantal=str(PEOPLE))
        assert page.has("Dit wacht op een tweede paar ogen"), page.text
        self.mo.post(f"{page.path}akkoord/")
        assert self.kim.until_quiet(page.path).has("klaar")

    def print_and_lists(self) -> dict[str, bytes]:
        """The archives of the print run and the lists, each fetched twice: from either machine."""
        made = {}
        asked: dict[str, dict[str, str]] = {"drukwerk": {"reeks": "1", "doos": "100"}, "lijsten": {}}
        for section, fields in asked.items():
            page = self.work(f"/beheer/{self.year}/{section}/", **fields)
            (where,) = links(page, FILE)
            twice = [self.kim.get(where) for _ in range(2)]
            assert [one.status for one in twice] == [200, 200]
            assert twice[0].port != twice[1].port
            assert twice[0].body == twice[1].body
            made[section] = twice[0].body
        return made

    def hand_over(self) -> None:
        """A desk gives a card by its program; the teacher looks where it is, before and after."""
        told = json.loads(
            self.site.manage("add_user", "an@voorbeeld.be", "--manager", "gent", "--token", "--json", on=1)
        )
        self.token = told["token"]
        assert self.lookup(0)["outcome"] == "at_pickup_point"
        found = json.loads(self.teacher.api(f"/api/v1/desk/cards/?q={NUMBERS[0]}", token=self.token).body)
        (card,) = found["results"]
        item = {"id": str(uuid.uuid4()), "card": card["number"], "at": self.now, "evidence": "scan"}
        answers = [self.teacher.api("/api/v1/desk/handovers/", token=self.token, data=item) for _ in range(2)]
        assert [answer.status for answer in answers] == [201, 200], answers[0].text
        assert answers[0].port != answers[1].port
        assert self.lookup(0)["outcome"] == "collected"

    def figures(self) -> dict[str, int]:
        answer = self.kim.api(f"/api/v1/reports/figures/?years={self.year}")
        (row,) = json.loads(answer.body)["rows"]
        return {name: row[name] for name in ("cards", "subscription", "starter", "at_points", "lower")}

    def lookup(self, serial: int) -> dict[str, object]:
        answer = self.teacher.api("/api/v1/lookup/", data={"staff_number": NUMBERS[serial]})
        assert answer.status == 200, answer.text
        told: dict[str, object] = json.loads(answer.body)
        return told

    @property
    def now(self) -> str:
        return dt.datetime.now(BRUSSELS).isoformat(timespec="seconds")

    def work(self, page: str, /, **fields: str) -> Answer:
        """Ask for work and wait on its page."""
        asked = self.kim.post(page, **fields)
        assert re.fullmatch(r"/beheer/werk/\d+/", asked.path), asked.text
        return self.kim.until_quiet(asked.path)

    def _take(self, kind: str, content: bytes) -> None:
        where = f"/beheer/bestanden/insturen/?jaar={self.year}"
        page = self.kim.post(where, (f"{kind}.csv", content), soort=kind)
        page = self.kim.until_quiet(page.path)
        assert page.has("klaar om in te lezen"), page.text
        page = self.kim.until_quiet(self.kim.post(f"{page.path}inlezen/").path)
        assert page.has('<span class="tag good">ingelezen'), page.text

    def _point(self, code: str) -> dict[str, str]:
        return {
            "code": code,
            "naam": f"Bibliotheek {code} (fictief)",
            "soort": "bibliotheek",
            "straat": "Fictieflaan",
            "huisnummer": "2",
            "postcode": POINTS[code],
            "gemeente": code.capitalize(),
            "telefoon": "09 000 00 00",
            "email": f"{code}@voorbeeld.be",
            "website": "",
            "postcodes": POINTS[code],
        } | WEEK


def _person(serial: int) -> dict[str, str]:
    code = list(POINTS.values())[serial % len(POINTS)]
    return appointment(serial, naam=f"{SURNAME} {serial}", postcode=code)


def _table(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
