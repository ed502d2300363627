"""The pages of a year: opening it, its rules, trial and run, freezing, print run, lists, starters, after freezing."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution import tasks
from distribution.actions import freeze, run, years
from distribution.enums import Channel, JobKind, JobState, ReadingKind
from distribution.models import Card, CardYear, Job, PendingChange, PrintBatch, Reading, YearEvent
from distribution.queries import years as rules_of
from pickup_points.models import KlasseRole, PickupPoint, PointChange
from tests import make
from tests.conftest import BRUSSELS
from tests.distribution import office_year
from tests.distribution.actions.populations import Human, settle
from tests.distribution.actions.populations import Job as Work
from tests.pages import read

pytestmark = pytest.mark.django_db
# A Friday in November: everything is still to be done.
BEFORE = dt.datetime(2026, 11, 20, 10, 0, tzinfo=BRUSSELS)
ON = dt.date(2026, 11, 15)
SECTIONS = (
    "regels", "toekennen", "vergelijken", "bevriezen", "drukwerk", "lijsten", "starters", "na-het-bevriezen", "eigen-lijsten",
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_november(settings: Any) -> Iterator[None]:
    settings.FOUR_EYES = False
    with time_machine.travel(BEFORE, tick=True):
        yield


@pytest.fixture
def gent(card_year: CardYear) -> CardYear:
    """Two people who fetch their card in Gent, one with the magazine, one without a right."""
    make.point("gent", year=2027, serves="9000")
    settle(
        card_year,
        [Human(held="listed"), Human(held="listed"), Human(subscribes=True), Human(jobs=(Work(level="ander"),))],
    )
    return card_year


@pytest.fixture
def frozen(gent: CardYear) -> CardYear:
    run.run(gent, on=ON, at=BEFORE)
    freeze.freeze(gent, at=BEFORE)
    return gent


def post(client: Client, section: str, **sent: Any) -> Job:
    """Send a form that asks for work; do the work; the job."""
    before = set(Job.objects.values_list("pk", flat=True))
    answer = client.post(f"/beheer/2027/{section}/", sent)
    job = Job.objects.exclude(pk__in=before).get()
    assert answer["Location"] == f"/beheer/werk/{job.pk}/"
    tasks.do_job(job.pk)
    return Job.objects.get(pk=job.pk)


def form_of(card_year: CardYear, **changed: Any) -> dict[str, Any]:
    """What the rules form sends when nothing is touched, and what is."""
    card_year.refresh_from_db()
    now = rules_of.rules(card_year)
    sent: dict[str, Any] = {
        "gezien": now.stamp,
        "lookup_from": now.lookup_from.isoformat(),
        "collect_from": now.collect_from.isoformat(),
        "collect_until": now.collect_until.isoformat(),
        "recht": [":".join(kind) for kind in now.entitled],
        "code": list(now.codes),
        "betekenis": list(now.codes.values()),
        "falls_back_on_school": "on",
    }
    sent |= {f"mailing_{number}": str(day) for number, day in enumerate(now.starter_mailings, start=1)}
    return sent | changed


@pytest.mark.parametrize("section", SECTIONS)
def test_a_year_that_was_not_opened_has_no_pages(section: str, card_year: CardYear, office: Client) -> None:
    assert [office.get(f"/beheer/{year}/{section}/").status_code for year in (2027, 2031)] == [200, 404]


def test_readers_see_the_comparison_alone(card_year: CardYear) -> None:
    reader = Client()
    reader.force_login(office_year.klasse(KlasseRole.READER))

    assert [one for one in SECTIONS if reader.get(f"/beheer/2027/{one}/").status_code == 200] == ["vergelijken"]
    assert "/beheer/2027/toekennen/" not in reader.get("/beheer/").content.decode()


def test_opening_the_first_year_with_the_usual_dates(office: Client) -> None:
    shown = office.get("/beheer/jaar/openen/").content.decode()
    fields = dict(re.findall(r'<input type="date" name="(\w+)" value="([\d-]+)"', shown))
    answer = office.post("/beheer/jaar/openen/", fields | {"kaartjaar": "2027", "mailing_3": ""})

    assert answer["Location"] == "/beheer/?jaar=2027"
    made = CardYear.objects.get()
    assert (made.year, made.lookup_from, made.collect_until) == (2027, dt.date(2026, 12, 1), dt.date(2027, 7, 10))
    assert made.starter_mailings == ["2027-01-15", "2027-03-15"]
    event = YearEvent.objects.get()
    assert (event.kind, str(event.by)) == ("opened", "Kim Klasse")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("collect_until", "2026-12-01", "De eerste afhaaldag ligt na de laatste."),
        ("lookup_from", "2016-12-01", "Kies een dag tussen 1 juli 2026 en 31 december 2027."),
        ("mailing_2", "2026-03-15", "Kies een dag in 2027."),
        ("mailing_2", "2027-01-15", "Deze dag staat er al."),
        ("collect_from", "morgen", "Dit is geen datum."),
    ],
)
def test_opening_refuses_what_cannot_be(field: str, typed: str, said: str, office: Client) -> None:
    shown = office.get("/beheer/jaar/openen/").content.decode()
    fields = dict(re.findall(r'<input type="date" name="(\w+)" value="([\d-]+)"', shown))

    answer = office.post("/beheer/jaar/openen/", fields | {"kaartjaar": "2027", field: typed})

    assert said in answer.content.decode()
    assert not CardYear.objects.exists()


def test_opening_says_whose_rules_are_copied(card_year: CardYear, office: Client) -> None:
    assert "De regels komen van 2027" in read(office, "/beheer/jaar/openen/")
    assert office.post("/beheer/jaar/openen/", {"kaartjaar": "2027"})["Location"] == "/beheer/?jaar=2027"
    assert office.get("/beheer/jaar/openen/?kaartjaar=2072").status_code == 404


def test_rules_are_changed_and_compared_with_the_year_before(card_year: CardYear, office: Client) -> None:
    years.open_year(2026, at=BEFORE)
    sent = form_of(card_year)
    sent["recht"] = [*(one for one in sent["recht"] if one != "lager:mvd"), "internaat:mvd"]
    sent |= {"code": ["107", "228", "TBS", "300"], "betekenis": ["anders", "x", "y", "proef"], "weg": ["1"]}

    answer = office.post("/beheer/2027/regels/", sent)

    assert answer["Location"] == "/beheer/2027/regels/"
    card_year.refresh_from_db()
    assert rules_of.rules(card_year).codes == {"107": "anders", "300": "proef", "TBS": "y"}
    shown = read(office, "/beheer/2027/regels/")
    assert "Internaat: meester-, vak- en dienstpersoneel geeft recht op een kaart, vroeger niet." in shown
    assert "Lager onderwijs: meester-, vak- en dienstpersoneel geeft geen recht meer op een kaart." in shown
    assert "Dienstonderbreking 228 (volledige loopbaanonderbreking) neemt het recht niet meer weg." in shown
    assert "Afhalen tot en met:" not in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"recht": []}, "Zo krijgt niemand een kaart."),
        ({"code": ["1 0-7"], "betekenis": ["x"]}, "Een code heeft hoogstens 10 letters of cijfers."),
        ({"code": ["107", "107"], "betekenis": ["x", "y"]}, "Deze code staat er al."),
        ({"code": ["107"], "betekenis": [" "]}, "Zeg wat de code betekent"),
        ({"code": [""], "betekenis": ["x"]}, "Vul de code in"),
        ({"mailing_1": "", "mailing_2": "", "mailing_3": ""}, "Kies minstens één dag"),
    ],
)
def test_rules_refuse_what_cannot_be(sent: dict[str, Any], said: str, card_year: CardYear, office: Client) -> None:
    was = rules_of.rules(card_year)

    answer = office.post("/beheer/2027/regels/", form_of(card_year, **sent))

    assert said in answer.content.decode()
    card_year.refresh_from_db()
    assert rules_of.rules(card_year) == was


def test_rules_after_a_run_are_changed_on_purpose_and_ask_for_a_new_run(gent: CardYear, office: Client) -> None:
    run.run(gent, on=ON, at=BEFORE)
    assert "Bewaar de regels" not in read(office, "/beheer/2027/regels/")
    assert "Bewaar de regels" in read(office, "/beheer/2027/regels/?wijzig=ja")
    sent = form_of(gent)
    sent["recht"] = [*sent["recht"], "ander:bestuur_onderwijzend"]

    assert "Ken nu opnieuw toe" in office.post("/beheer/2027/regels/", sent, follow=True).content.decode()
    assert "Ken eerst opnieuw toe" in read(office, "/beheer/2027/bevriezen/")
    assert office.post("/beheer/2027/bevriezen/", {"aantal": "3"}).status_code == 200
    assert not Job.objects.exists()


def test_rules_of_a_frozen_year_are_locked(frozen: CardYear, office: Client) -> None:
    assert "Bewaar de regels" not in read(office, "/beheer/2027/regels/?wijzig=ja")

    answer = office.post("/beheer/2027/regels/", form_of(frozen, falls_back_on_school=""))

    assert "zijn bevroren: de regels liggen vast" in answer.content.decode()
    frozen.refresh_from_db()
    assert frozen.falls_back_on_school


def test_a_run_comes_after_a_trial_on_the_same_day(gent: CardYear, office: Client) -> None:
    refused = office.post("/beheer/2027/toekennen/", {"reference_date": "2026-11-15", "wat": "echt"}, follow=True)
    assert "Proef eerst op deze peildatum" in refused.content.decode()
    post(office, "toekennen", reference_date="2026-11-15", wat="proef")
    shown = read(office, "/beheer/2027/toekennen/")
    assert "4 personeelsleden 3 met recht op een kaart 1 zonder recht" in shown
    assert "Deze personeelscategorie geeft geen recht 1" in shown
    assert not Card.objects.exists()

    post(office, "toekennen", reference_date="2026-11-15", wat="echt")

    assert Card.objects.count() == 3
    assert "Laatst toegekend op peildatum 15 november 2026" in read(office, "/beheer/2027/toekennen/")


def test_a_trial_is_out_of_date_when_something_was_read_in_since(gent: CardYear, office: Client) -> None:
    post(office, "toekennen", reference_date="2026-11-15", wat="proef")
    assert "Ken 3 kaarten toe" in read(office, "/beheer/2027/toekennen/")
    later = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=1)
    YearEvent.objects.create(card_year=gent, kind="personnel_imported", at=later)

    assert "Ken 3 kaarten toe" not in read(office, "/beheer/2027/toekennen/")
    office.post("/beheer/2027/toekennen/", {"reference_date": "2026-11-15", "wat": "echt"})
    assert Job.objects.count() == 1


def test_what_changed_after_a_run_is_told_until_the_next_one(gent: CardYear, office: Client) -> None:
    run.run(gent, on=ON, at=BEFORE)
    point = PickupPoint.objects.get()
    later = BEFORE + dt.timedelta(minutes=5)
    PointChange.objects.create(point=point, year=2027, at=later, fields={"serves": [["9000"], ["9000", "9050"]]})
    PointChange.objects.create(point=point, year=2027, at=later, fields={"phone": ["", "09 123 45 67"]})
    YearEvent.objects.create(card_year=gent, kind="personnel_imported", at=later)
    told = "personeel ingelezen, postcodes van afhaalpunten gewijzigd"

    assert told in read(office, "/beheer/")
    assert told in read(office, "/beheer/2027/bevriezen/")
    run.run(gent, on=ON, at=later)
    assert told not in read(office, "/beheer/")


@pytest.mark.parametrize("typed", ["3", " 3 ", "0.003"])
def test_freezing_asks_for_the_number_of_cards(typed: str, gent: CardYear, office: Client) -> None:
    run.run(gent, on=ON, at=BEFORE)
    for wrong in ("", "2", "drie", "33"):
        answer = office.post("/beheer/2027/bevriezen/", {"aantal": wrong})
        assert "Dit is niet het aantal kaarten" in answer.content.decode()

    job = post(office, "bevriezen", aantal=typed)

    assert (job.state, PrintBatch.objects.get().cards) == (JobState.DONE, 3)
    assert "Reeks 1 : 3 kaarten" in read(office, "/beheer/2027/bevriezen/")


def test_freezing_waits_for_a_colleague(gent: CardYear, office: Client, settings: Any) -> None:
    settings.FOUR_EYES = True
    run.run(gent, on=ON, at=BEFORE)

    job = post(office, "bevriezen", aantal="3")

    assert (job.state, job.needs_second, PrintBatch.objects.count()) == (JobState.PROPOSED, True, 0)
    assert "wacht op een tweede paar ogen" in read(office, "/beheer/2027/bevriezen/")
    # What the colleague agrees to stands there, and leads to where it can be looked at.
    seen = read(office, f"/beheer/werk/{job.pk}/")
    assert "Wat gevraagd is Kaarten om te bevriezen 3" in seen
    assert "Naar het bevriezen ›" in seen


def test_a_refusal_to_freeze_is_told_on_the_page(gent: CardYear, office: Client) -> None:
    run.run(gent, on=ON, at=BEFORE)
    office.post("/beheer/2027/bevriezen/", {"aantal": "3"})
    settle(gent, [Human(held="listed")] * 5)
    run.run(gent, on=ON, at=BEFORE)

    tasks.do_job(Job.objects.get().pk)

    assert "Je bevestigde 3 kaarten, maar er zijn er nu" in read(office, "/beheer/2027/bevriezen/")
    assert not PrintBatch.objects.exists()


def test_the_print_run_and_the_lists_are_fetched_from_their_pages(frozen: CardYear, office: Client) -> None:
    printed = post(office, "drukwerk", reeks="1", doos="100")
    listed = post(office, "lijsten")

    assert (printed.options, printed.state) == ({"batch": 1, "box_size": 100}, JobState.DONE)
    page = office.get("/beheer/2027/drukwerk/").content.decode()
    assert f'href="/beheer/werk/{printed.pk}/bestand/{printed.files.get().pk}/"' in page
    assert "1 doos van 100" in read(office, "/beheer/2027/drukwerk/")
    page = office.get("/beheer/2027/lijsten/").content.decode()
    assert f'href="/beheer/werk/{listed.pk}/bestand/{listed.files.get().pk}/"' in page
    assert office.post("/beheer/2027/lijsten/", {"sinds": "9"}).status_code == 404


@pytest.mark.parametrize("typed", ["0", "10001", "veel", ""])
def test_a_box_holds_a_number_of_cards(typed: str, frozen: CardYear, office: Client) -> None:
    answer = office.post("/beheer/2027/drukwerk/", {"reeks": "1", "doos": typed})

    assert "In een doos gaan 1 tot 10000 kaarten." in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(("section", "sent"), [("drukwerk", {"reeks": "1", "doos": "250"}), ("lijsten", {})])
def test_a_file_about_many_people_waits_for_a_colleague(
    section: str, sent: dict[str, str], frozen: CardYear, office: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FOUR_EYES = True
    assert post(office, section, **sent).state == JobState.DONE
    monkeypatch.setattr("distribution.rules.four_eyes.MANY_PEOPLE", 1)

    assert post(office, section, **sent).state == JobState.PROPOSED


def test_starters_who_came_after_the_list_was_made_are_told(card_year: CardYear, office: Client) -> None:
    starter: dict[str, Any] = {"channel": Channel.STARTER, "mailing_on": dt.date(2027, 1, 15)}
    make.card(make.person(card_year), **starter)
    make.batch(card_year)
    job = post(office, "starters", mailing="2027-01-15", formaat="xlsx")
    assert job.files.get().name == "starters-2027-01-15.xlsx"
    assert "op geen enkele lijst" not in read(office, "/beheer/2027/starters/")
    make.card(make.person(card_year), **starter)
    assert "Nog niet bevroren 1 starter" in read(office, "/beheer/2027/starters/")
    make.batch(card_year, 2)

    assert "1 starter staat op geen enkele lijst die al gemaakt is." in read(office, "/beheer/2027/starters/")
    post(office, "starters", mailing="2027-01-15", reeks="2")
    assert "op geen enkele lijst" not in read(office, "/beheer/2027/starters/")


def test_from_a_newcomer_to_an_addition(frozen: CardYear, office: Client) -> None:
    people = [Human(held="listed"), Human(held="listed"), Human(subscribes=True), Human(jobs=(Work(level="ander"),))]
    settle(frozen, [*people, Human(held="listed")])
    post(office, "na-het-bevriezen", reference_date="2026-11-20", wat="kijk")
    shown = read(office, "/beheer/2027/na-het-bevriezen/")
    assert "Geef 1 nieuwkomer een kaart" in shown
    assert Card.objects.count() == 3

    post(office, "na-het-bevriezen", reference_date="2026-11-20", wat="kaarten")

    assert Card.objects.count() == 4
    assert "Bevries 1 kaart" in read(office, "/beheer/2027/na-het-bevriezen/")
    post(office, "bevriezen", aantal="1")
    assert "Reeks 2 : 1 kaart, nog te maken" in read(office, "/beheer/2027/na-het-bevriezen/")


def test_who_changed_is_seen_and_written_down(frozen: CardYear, office: Client) -> None:
    person = Card.objects.order_by("pk").first()
    assert person is not None
    PendingChange.objects.create(
        card_year=frozen, person=person.person, kind=PendingChange.Kind.MOVED, was="Gent", becomes="Aalst"
    )

    assert "nu: Gent · zou worden: Aalst" in read(office, "/beheer/2027/na-het-bevriezen/")
    assert "Aalst" not in read(office, "/beheer/2027/na-het-bevriezen/?soort=new").split("Soort wijziging")[-1]
    reading = Reading.objects.get()
    assert (reading.kind, reading.cards, reading.count) == (ReadingKind.OFFICE, [person.pk], 1)


def test_schools_with_a_list_of_their_own(card_year: CardYear, office: Client) -> None:
    both = make.person(card_year)
    for person in (both, make.person(card_year)):
        make.appointment(person, source="institution", institution_number="000007", institution_name="Abdijschool")
    make.appointment(both)

    shown = read(office, "/beheer/2027/eigen-lijsten/")

    assert "1 school, 2 mensen" in shown
    assert "Abdijschool 000007 2 1" in shown


@pytest.mark.parametrize(
    "section", ["toekennen", "vergelijken", "drukwerk", "starters", "na-het-bevriezen", "eigen-lijsten"]
)
def test_queries_do_not_grow_with_what_is_listed(section: str, frozen: CardYear, office: Client) -> None:
    def grow(number: int) -> None:
        for _ in range(number):
            person = make.person(frozen)
            make.appointment(person, source="institution", institution_number=f"{person.pk:06d}")
            PendingChange.objects.create(card_year=frozen, person=person, kind=PendingChange.Kind.NEW)
            make.card(person, channel=Channel.STARTER, mailing_on=dt.date(2027, 1, 15))
            make.batch(frozen, PrintBatch.objects.count() + 1)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(f"/beheer/2027/{section}/").status_code == 200
        return len(queries)

    grow(1)
    asked()  # the session notes when it was last used
    one = asked()
    grow(2)

    assert asked() == one


def test_the_start_page_leads_to_every_stage(card_year: CardYear, office: Client) -> None:
    page = office.get("/beheer/").content.decode()

    found = re.findall(r'<h3><a href="([^"]+)">([^<]+)</a>', page)
    assert found == [
        ("/beheer/2027/regels/", "Jaar geopend"),
        ("/beheer/bestanden/?soort=afhaalpunten", "Afhaalpunten"),
        ("/beheer/bestanden/?soort=personeel", "Personeel"),
        ("/beheer/bestanden/?soort=abonnees", "Abonnees"),
        ("/beheer/2027/toekennen/", "Kaarten toegekend"),
        ("/beheer/2027/bevriezen/", "Bevroren"),
        ("/beheer/2027/drukwerk/", "Drukwerk"),
        ("/beheer/2027/lijsten/", "Afhaallijsten"),
        ("/beheer/punten/", "Afhalen"),
        ("/beheer/punten/?afrekening=open", "Afrekenen"),
        ("/beheer/punten/?afrekening=open", "Afgesloten"),
    ]


def test_the_second_who_asks_is_led_to_the_first(gent: CardYear, office: Client) -> None:
    office.post("/beheer/2027/toekennen/", {"reference_date": "2026-11-15", "wat": "proef"})
    colleague = Client()
    colleague.force_login(office_year.klasse())

    answer = colleague.post("/beheer/2027/toekennen/", {"reference_date": "2026-11-16", "wat": "proef"})

    job = Job.objects.get()
    assert (job.kind, answer["Location"]) == (JobKind.RUN, f"/beheer/werk/{job.pk}/")
    assert f'href="/beheer/werk/{job.pk}/"' in office.get("/beheer/2027/toekennen/").content.decode()
