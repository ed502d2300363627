"""One person's page: the verdict and why, the card's history, and what Klasse does with it by hand."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from distribution.actions import freeze, hand_overs
from distribution.actions import pickup_lists as list_actions
from distribution.enums import AssignedBy, CardState, ReadingKind
from distribution.models import (
    Card,
    CardYear,
    EarlierHolder,
    PendingChange,
    Person,
    Reading,
    ShieldedNumber,
    Subscriber,
    Transfer,
    VoidedNumber,
)
from distribution.queries import office_person
from distribution.views import office_person_words as words
from pickup_points.desks import Desk
from pickup_points.models import User
from tests import make
from tests.distribution import office_year, settled
from tests.distribution.office_year import IN_SEASON
from tests.distribution.void_plastic import mark, replaced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_season")]
WHY = "Een leraar vraagt waar de kaart is"
DAY = dt.timedelta(days=1)


@pytest.fixture
def gent(card_year: CardYear) -> Desk:
    office_year.run(card_year)
    CardYear.objects.filter(pk=card_year.pk).update(last_sequence=800_000)
    card_year.refresh_from_db()
    point = make.point("gent", year=2027, serves="9000", name="Bib Gent", email="gent@voorbeeld.example")
    return make.member(point, is_manager=True)


@pytest.fixture
def office(gent: Desk) -> User:
    return office_year.klasse()


@pytest.fixture
def client(office: User) -> Client:
    client = Client()
    client.force_login(office)
    client.post("/beheer/mensen/reden/", {"reden": WHY})
    return client


def page(client: Client, person: Person) -> Any:
    return client.get(f"/beheer/mensen/{person.pk}/")


def act(client: Client, person: Person, what: str, **sent: str) -> str:
    """What is said after one of the buttons."""
    answer = client.post(f"/beheer/mensen/{person.pk}/{what}/", sent, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def test_every_look_is_written_down_with_its_reason(
    client: Client, office: User, card_year: CardYear, gent: Desk
) -> None:
    card = make.card(make.person(card_year), at=gent.point)

    assert page(client, card.person).status_code == 200

    look = Reading.objects.get()
    assert (look.kind, look.by, look.reason, look.cards, look.count) == (
        ReadingKind.PERSON,
        office,
        WHY,
        [card.pk],
        1,
    )


def test_who_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/beheer/mensen/987654/").status_code == 404
    assert client.post("/beheer/mensen/987654/afhaalpunt/", {"punt": "gent"}).status_code == 404


def told(client: Client, person: Person) -> tuple[tuple[str, str], list[list[tuple[str, str]]]]:
    """The verdict, and per appointment each test's sign and answer."""
    context = page(client, person).context
    return context["verdict"], [[(t.passed.value, t.answer) for t in row[3]] for row in context["appointments"]]


def test_the_verdict_of_someone_who_passes(client: Client, card_year: CardYear) -> None:
    person = make.person(card_year)
    make.appointment(person)

    assert told(client, person) == (
        ("Heeft recht op een kaart", "De opdracht hieronder slaagt voor alle vier de vragen op 20 november 2026."),
        [
            [
                ("yes", "loopt sinds 1 september 2020"),
                ("yes", "betaald door het ministerie"),
                ("yes", "Lager onderwijs, bestuur en onderwijzend"),
                ("yes", "geen onderbreking"),
            ]
        ],
    )


def test_the_verdict_walks_through_the_tests_of_each_appointment(client: Client, card_year: CardYear) -> None:
    person = make.person(card_year)
    make.appointment(person, begins_on=dt.date(2027, 1, 4))
    make.appointment(person, begins_on=dt.date(2019, 9, 1), ends_on=dt.date(2026, 8, 31))
    make.appointment(person, begins_on=dt.date(2018, 9, 1), paid_by="enveloppe")
    make.appointment(
        person,
        begins_on=dt.date(2017, 9, 1),
        interruption_code="TBS",
        interruption_in_full=True,
        interruption_begins_on=dt.date(2026, 9, 1),
    )

    verdict, tests = told(client, person)

    assert verdict == (
        "Heeft geen recht op een kaart",
        "De opdracht die het verst raakt, struikelt op 20 november 2026: volledige onderbreking.",
    )
    skipped = ("not_asked", "niet meer nagekeken")
    assert tests == [
        [("no", "begint pas op 4 januari 2027"), skipped, skipped, skipped],
        [("no", "eindigde op 31 augustus 2026"), skipped, skipped, skipped],
        [("yes", "loopt sinds 1 september 2018"), ("no", "betaald door een enveloppe"), skipped, skipped],
        [
            ("yes", "loopt sinds 1 september 2017"),
            ("yes", "betaald door het ministerie"),
            ("yes", "Lager onderwijs, bestuur en onderwijzend"),
            ("no", "code TBS, volledig, sinds 1 september 2026"),
        ],
    ]
    assert [row[0].decides for row in page(client, person).context["appointments"]] == [False, False, False, True]


def test_the_verdict_of_someone_without_appointments(client: Client, card_year: CardYear) -> None:
    verdict, tests = told(client, make.person(card_year))

    assert (verdict[0], tests) == ("Heeft geen recht op een kaart", [])


def test_the_way_and_the_point_and_what_they_follow_from(client: Client, card_year: CardYear, gent: Desk) -> None:
    def way(person: Person) -> list[str]:
        found: list[str] = page(client, person).context["way"]
        return found

    def teacher(**fields: Any) -> Person:
        person = make.person(card_year, **fields)
        make.appointment(person, institution_postcode="9000")
        return person

    subscriber, holder, starter, far = teacher(), teacher(), teacher(), teacher(postcode="8000")
    Subscriber.objects.create(card_year=card_year, staff_number=subscriber.staff_number)
    not_one = "Staat niet op de lijst van abonnees."
    assert way(subscriber) == ["Staat op de lijst van abonnees: de kaart komt met het magazine."]
    unknown = "Wie vorig jaar een kaart had, weten we niet: niemand is dan starter."
    assert way(holder) == [not_one, unknown, "De postcode van de woonplaats wordt bediend door Bib Gent."]
    for one in (holder, far):
        EarlierHolder.objects.create(year=2027, staff_number=one.staff_number)
    assert way(starter) == [not_one, "Had vorig jaar geen kaart: de kaart komt in een starterspakket."]
    assert way(far) == [
        not_one,
        "Had vorig jaar een kaart, en is dus geen starter.",
        "Geen afhaalpunt bedient de woonplaats. De postcode van de school die het recht geeft (9000) wordt bediend door Bib Gent.",
    ]


def test_the_history_tells_all_that_happened(client: Client, office: User, card_year: CardYear, gent: Desk) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)
    list_actions.make(card_year, at=IN_SEASON - 5 * DAY)
    first = mark(card, gent, at=IN_SEASON - 3 * DAY)
    hand_overs.undo(first.pk, desks={gent.point.pk: gent}, by=gent.user, at=IN_SEASON - 3 * DAY, reason="")
    mark(card, gent, at=IN_SEASON - 2 * DAY)
    new = replaced(card, office, at=IN_SEASON - DAY)
    freeze.freeze(card_year, at=IN_SEASON - DAY + dt.timedelta(hours=1))
    mark(new, gent, at=IN_SEASON)

    history = words.history(office_person.sheet(Person.objects.get(pk=card.person_id), at=IN_SEASON))

    assert [(one.title, one.lines) for one in history] == [
        (f"Naar de drukker in drukreeks 1, met nummer {card.number}", ()),
        ("Op de afhaallijst van Bib Gent", ("Revisie 1, rij 1.",)),
        ("Afgehaald", ("In Bib Gent: kaart gescand.",)),
        ("Afgifte ongedaan gemaakt", ("In Bib Gent.",)),
        ("Afgehaald", ("In Bib Gent: kaart gescand.",)),
        (
            "Vervangen door een nieuwe kaart",
            (
                f"Nummer {card.number} is ongeldig: beschadigd of verkeerd gedrukt.",
                "Kenmerk: PV 12/2027.",
                "De oude kaart was afgehaald in Bib Gent.",
            ),
        ),
        (f"Naar de drukker in drukreeks 2, met nummer {new.number}", ()),
        (
            "Afgehaald",
            (
                "In Bib Gent: kaart gescand.",
                "Een tweede kaart voor dezelfde persoon: in de cijfers telt enkel de eerste.",
            ),
        ),
    ]
    assert page(client, card.person).status_code == 200


def test_what_the_teacher_hears_and_what_is_pending(client: Client, card_year: CardYear, gent: Desk) -> None:
    card = make.card(make.person(card_year), at=gent.point)
    PendingChange.objects.create(
        card_year=card_year, person=card.person, kind=PendingChange.Kind.MOVED, was="Bib Gent", becomes="Bib Aalst"
    )

    answer = page(client, card.person).content.decode()

    assert "Je Lerarenkaart 2027 ligt klaar in Bib Gent." in answer
    assert "Zou worden: Bib Aalst." in answer


def test_a_card_without_a_point_lies_at_no_other(client: Client, card_year: CardYear, gent: Desk) -> None:
    card = make.card(make.person(card_year, postcode="9000"))
    make.appointment(card.person)

    shown = page(client, card.person).content.decode()

    assert "De kaart heeft nu nog geen afhaalpunt." in shown
    assert "bij een ander afhaalpunt" not in shown


def test_other_years_of_the_same_number(client: Client, card_year: CardYear, gent: Desk) -> None:
    person = make.person(card_year)
    earlier = CardYear.objects.create(
        year=2026,
        lookup_from=dt.date(2025, 12, 1),
        collect_from=dt.date(2025, 12, 27),
        collect_until=dt.date(2026, 7, 10),
        opened_at=IN_SEASON,
    )
    then = make.person(earlier, staff_number=person.staff_number)
    make.card(then, at=gent.point)

    assert page(client, person).context["other_years"] == [(then, "kaart voor Bib Gent")]
    assert "Waar is mijn Lerarenkaart spreekt vandaag over een ander jaar." in page(client, then).content.decode()


def test_as_many_questions_for_a_long_history_as_for_a_short_one(
    office: User, card_year: CardYear, gent: Desk, django_assert_num_queries: Any
) -> None:
    def questions(person: Person) -> HttpResponse | None:
        with django_assert_num_queries(17):
            office_person.sheet(office_person.get(person.pk) or person, at=IN_SEASON)
        return None

    card, other = settled.cards(card_year, 2, at=gent.point)
    make.appointment(card.person)
    make.appointment(other.person)
    settled.printed(card_year)
    questions(card.person)
    for _ in range(3):
        make.appointment(card.person)
        done = mark(card, gent)
        hand_overs.undo(done.pk, desks={gent.point.pk: gent}, by=gent.user, at=IN_SEASON)
    questions(card.person)


def test_choosing_a_point_for_a_loose_card(client: Client, card_year: CardYear, gent: Desk) -> None:
    card = make.card(make.person(card_year))

    said = act(client, card.person, "afhaalpunt", punt="gent")

    assert said == "De kaart gaat naar Bib Gent. Dat blijft zo bij de volgende toekenning."
    card.refresh_from_db()
    assert (card.pickup_point, card.assigned_by) == (gent.point, AssignedBy.OFFICE)
    assert act(client, card.person, "afhaalpunt", punt="gent") == "Deze kaart ligt al in dat afhaalpunt."
    assert act(client, card.person, "afhaalpunt", punt="nergens") == "Kies een afhaalpunt."


def test_choosing_another_point_for_plastic_asks_for_it_and_mails_who_has_it(
    client: Client, card_year: CardYear, gent: Desk, django_capture_on_commit_callbacks: Any
) -> None:
    make.point("aalst", year=2027, name="Bib Aalst")
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)

    with django_capture_on_commit_callbacks(execute=True):
        said = act(client, card.person, "afhaalpunt", punt="aalst")

    assert said == "We vroegen Bib Gent om de kaart naar Bib Aalst te sturen. Ze verhuist zodra ze aankomt."
    there = Transfer.objects.get()
    assert (there.from_point.code, there.to_point.code) == ("gent", "aalst")
    assert card.person.last_name not in "".join(str(one.body) for one in mail.outbox)
    assert "Deze kaart is gevraagd van Bib Gent naar Bib Aalst" in page(client, card.person).content.decode()


def test_replacing_asks_first_and_then_does_it(client: Client, card_year: CardYear, gent: Desk) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)
    address = f"/beheer/mensen/{card.person_id}/vervangen/"

    assert card.number in client.get(address).content.decode()
    assert "Kies waarom de kaart ongeldig wordt." in client.post(address, {}).content.decode()
    refused = client.post(address, {"reden": "stolen", "kenmerk": ""}).content.decode()
    assert "Vul het nummer van het proces-verbaal in" in refused
    assert VoidedNumber.objects.count() == 0

    said = act(client, card.person, "vervangen", reden="stolen", kenmerk="GE.12.L3.000123/2027")
    assert said == f"Nummer {card.number} is ongeldig. De nieuwe kaart wordt gedrukt met de volgende drukreeks."
    assert "Nieuwe kaart in de maak" in page(client, card.person).content.decode()
    again = client.post(address, {"reden": "broken"}).content.decode()
    assert "Deze kaart is nog niet gedrukt" in again


def test_shielding_hides_the_address_here_and_answers_as_unknown(
    client: Client, office: User, card_year: CardYear, gent: Desk
) -> None:
    card = make.card(make.person(card_year, street="Geheimstraat"), at=gent.point)

    said = act(client, card.person, "afschermen", op="aan")

    assert said == "Deze persoon is afgeschermd, ook in andere jaren en in bestanden die nog komen."
    found = ShieldedNumber.objects.get()
    assert (found.staff_number, found.since_by, found.since) == (card.person.staff_number, office, IN_SEASON)
    answer = page(client, card.person).content.decode()
    assert "Geheimstraat" not in answer
    assert "Voor dit nummer vinden we geen Lerarenkaart 2027." in answer
    assert act(client, card.person, "afschermen", op="aan") == "Deze persoon is al afgeschermd."

    act(client, card.person, "afschermen", op="uit")
    found.refresh_from_db()
    assert (found.ended_at, found.ended_by) == (IN_SEASON, office)
    assert "Geheimstraat" in page(client, card.person).content.decode()
    assert act(client, card.person, "afschermen", op="uit") == "Deze persoon is niet afgeschermd."


@pytest.mark.parametrize(
    ("what", "sent"),
    [("afhaalpunt", {"punt": "gent"}), ("vervangen", {"reden": "broken"}), ("afschermen", {"op": "aan"})],
)
def test_nothing_is_done_without_a_reason(
    what: str, sent: dict[str, str], office: User, card_year: CardYear, gent: Desk
) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    loose = make.card(make.person(card_year))
    settled.printed(card_year)
    client = Client()
    client.force_login(office)

    for person in (card.person, loose.person):
        answer = client.post(f"/beheer/mensen/{person.pk}/{what}/", sent)
        assert (answer.status_code, answer["Location"]) == (302, "/beheer/mensen/")

    assert (VoidedNumber.objects.count(), ShieldedNumber.objects.count()) == (0, 0)
    assert Card.objects.get(pk=loose.pk).pickup_point is None
    assert Card.objects.filter(state=CardState.ISSUED).count() == 2
