"""One person forgotten on request: everything that may go goes now, no figure changes, and what stays is said (P16)."""

import datetime as dt
from typing import Any

import pytest

from distribution.actions import erasure, purge, run
from distribution.actions.erasure import Erased
from distribution.enums import CardState, Channel
from distribution.models import Appointment, Card, CardYear, Person, PrintBatch, ShieldedNumber, YearEvent
from distribution.queries import lookup
from tests import make
from tests.distribution import lived_year, seasons
from tests.distribution.actions.test_purge import all_figures, everything_written
from tests.distribution.lived_year import DUE, IN_SEASON, SECRETS, LivedYear

pytestmark = pytest.mark.django_db
LAST_YEAR_TOO = 2


@pytest.fixture
def year(card_year: Any) -> LivedYear:
    return lived_year.lived(card_year)


def erase(year: LivedYear, number: str = "", **options: Any) -> Erased:
    known: dict[str, Any] = {"reason": "vraag van 3 maart", "days": 90, "months": 13, "by": year.user, "at": IN_SEASON}
    return erasure.erase(number or year.number, **(known | options))


def test_erase_takes_every_word_about_this_person_and_no_other(year: LivedYear) -> None:
    others = list(Person.objects.exclude(pk=year.person.pk).order_by("pk").values())

    done = erase(year)

    written = everything_written()
    # Two others have the same name; the rest was about this one alone.
    mine = [word for word in SECRETS if word.lower() != "vermeulen" and word not in {"3077"}]
    assert [word for word in mine if word in written] == []
    assert list(Person.objects.exclude(pk=year.person.pk).order_by("pk").values()) == others
    assert done.counts == {
        "people": 1,
        "appointments": 1,
        "pending_changes": 1,
        "collectors": 1,
        "undo_reasons": 1,
        "transfer_reasons": 1,
        "references": 1,
    }


def test_erase_changes_no_figure(year: LivedYear) -> None:
    before = all_figures()

    erase(year)

    assert all_figures() == before


def test_erase_leaves_an_event_in_every_year_without_saying_who(year: LivedYear) -> None:
    following = seasons.opened(2028)
    make.person(following, "Vermeulen", "Annelies", staff_number=year.number)

    done = erase(year)

    assert done.years == (2027, 2028)
    events = YearEvent.objects.filter(kind="person_erased").order_by("card_year__year")
    assert [event.summary["reason"] for event in events] == ["vraag van 3 maart"] * LAST_YEAR_TOO
    assert [(event.by, event.at) for event in events] == [(year.user, IN_SEASON)] * LAST_YEAR_TOO
    assert not [event for event in events if year.number in str(event.summary)]


def test_erase_says_what_stays_why_and_until_when(year: LivedYear) -> None:
    kept = {one.what: one.until for one in erase(year).kept}

    assert kept == {
        "stamboeknummer per kaartjaar": dt.date(2028, 10, 8),
        "kaartnummer, weg, toestand en gebeurtenissen van de kaart": None,
        "wie de gegevens inkeek": None,
        "postcode en opdrachten zonder instelling": dt.date(2027, 10, 8),
        "wat het volgende personeelsbestand weer aanreikt": None,
        "nummer op de lijst van abonnees of kaarthouders": None,
    }
    assert Person.objects.filter(staff_number=year.number).exists()


def test_erase_keeps_the_protection_of_a_shielded_person(year: LivedYear) -> None:
    shielded = ShieldedNumber.objects.get()

    done = erase(year, shielded.staff_number, force="toch")

    assert done.kept[-1].what == "nummer op de lijst van afgeschermde mensen"
    assert Person.objects.get(staff_number=shielded.staff_number).shielded


def test_erase_of_a_number_that_is_only_shielded_says_that_it_stays(year: LivedYear) -> None:
    ShieldedNumber.objects.create(staff_number=make.staff_number(999), since=IN_SEASON, since_by=year.user)

    done = erase(year, make.staff_number(999))

    assert (done.years, done.counts) == ((), {})
    assert [one.what for one in done.kept] == ["nummer op de lijst van afgeschermde mensen"]


def test_a_run_after_erasing_takes_no_card_back(card_year: CardYear) -> None:
    for name in ("Peeters", "Vermeulen"):
        make.appointment(make.person(card_year, name), institution_name="Schoolgeheim", institution_postcode="9000")
    make.point("punt-9000", year=2027, serves="9000")
    run.run(card_year, on=dt.date(2026, 11, 15), at=IN_SEASON)
    cards = list(Card.objects.order_by("pk").values())
    number = Person.objects.get(last_name="Vermeulen").staff_number

    erasure.erase(number, reason="vraag", days=90, months=13, by=make.new_user(), at=IN_SEASON, force="staat erop")

    run.run(card_year, on=dt.date(2026, 11, 15), at=IN_SEASON)
    assert list(Card.objects.order_by("pk").values()) == cards
    assert list(Appointment.objects.filter(person__staff_number=number).values_list("institution_name", "level")) == [
        ("", "lager")
    ]


def test_erase_in_a_closed_year_leaves_no_postcode_and_no_appointment(year: LivedYear) -> None:
    erase(year, at=DUE)

    person = Person.objects.get(pk=year.person.pk)
    assert (person.last_name, person.postcode, person.country) == ("(gewist)", "", "")
    assert list(person.appointments.values_list("institution_number", "level", "begins_on")) == [
        ("", "", dt.date(1900, 1, 1))
    ]


def test_a_year_is_forgotten_whole_after_someone_was_erased_in_it(year: LivedYear) -> None:
    erase(year)

    purge.purge_year(year.card_year, days=90, at=DUE)

    assert set(Person.objects.values_list("postcode", "country")) == {("", "")}
    assert set(Appointment.objects.values_list("level", flat=True)) == {""}


def test_erase_again_changes_nothing_more(year: LivedYear) -> None:
    erase(year)

    assert set(erase(year).counts.values()) == {0}


def test_erase_refuses_while_the_card_still_has_to_go_out(year: LivedYear) -> None:
    waiting = make.card(make.person(year.card_year, "Wachter", "Wim"), at=year.points[0])
    before = everything_written()

    with pytest.raises(erasure.CardStillToGoOut):
        erase(year, waiting.person.staff_number)
    assert everything_written() == before

    erase(year, waiting.person.staff_number, force="staat erop")
    assert Person.objects.get(pk=waiting.person.pk).last_name == "(gewist)"
    assert YearEvent.objects.get(kind="person_erased").summary["forced"] == "staat erop"


@pytest.mark.parametrize(
    "fields",
    [
        {"state": CardState.WITHDRAWN, "withdrawn_at": IN_SEASON},
        {"channel": Channel.SUBSCRIPTION},
        {"channel": Channel.STARTER, "mailing_on": dt.date(2027, 1, 15)},
    ],
)
def test_erase_does_not_wait_for_a_card_that_is_on_its_way_or_gone(year: LivedYear, fields: dict[str, Any]) -> None:
    batch = PrintBatch.objects.order_by("number").last()
    card = make.card(make.person(year.card_year, "Wachter", "Wim"), batch=batch, **fields)

    assert erase(year, card.person.staff_number).counts["people"] == 1


def test_erase_after_the_season_needs_no_force(year: LivedYear) -> None:
    waiting = make.card(make.person(year.card_year, "Wachter", "Wim"), at=year.points[0])

    done = erase(year, waiting.person.staff_number, at=dt.datetime(2027, 7, 11, 9, 0, tzinfo=dt.UTC))

    assert done.years == (2027,)


def test_erase_refuses_a_number_nobody_knows_and_a_reason_of_nothing(year: LivedYear) -> None:
    with pytest.raises(erasure.NobodyKnown):
        erase(year, make.staff_number())
    with pytest.raises(erasure.NoReason):
        erase(year, reason="  ")


def test_the_public_lookup_still_knows_where_the_card_is(year: LivedYear) -> None:
    """With force the card lies at its point all the same: its holder may still come for it with the number."""
    Card.objects.filter(card_year=year.card_year).update(batch=PrintBatch.objects.first())
    waiting = make.card(make.person(year.card_year, "Wachter", "Wim"), at=year.points[0])
    year.card_year.last_run_at, year.card_year.reference_date = IN_SEASON, IN_SEASON.date()
    year.card_year.save()
    erase(year, waiting.person.staff_number, force="toch")
    season = lookup.season(IN_SEASON.date())
    assert season.year

    answer = lookup.find(season.year, waiting.person.staff_number, postcode=None, at=IN_SEASON)

    assert answer.place
    assert answer.place.code == "punt-9000"
