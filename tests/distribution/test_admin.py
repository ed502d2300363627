"""The technical admin: useful, read-only where it must be, and no query per row."""

import datetime as dt

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distribution.enums import CardEventKind
from distribution.models import CardEvent, CardYear, Person, PersonnelImport, PickupList, PrintBatch, YearEvent
from distribution.queries import years
from pickup_points.models import PickupPoint, User
from tests import make

PASSWORD = "een-lang-wachtwoord-voor-de-proef"
ANOTHER = "nog-een-lang-wachtwoord-met-woorden"
pytestmark = pytest.mark.django_db
OURS = [model for model in admin.site._registry if model._meta.app_label in {"distribution", "pickup_points"}]


@pytest.fixture
def chief(client: Client) -> Client:
    make.second_factor(User.objects.create_superuser("beheer@voorbeeld.be", PASSWORD))
    client.login(username="beheer@voorbeeld.be", password=PASSWORD)
    return client


def one_of_each(card_year: CardYear, number: int, at: dt.datetime) -> Person:
    """One more row in every list, each with its own people and points."""
    by, point = make.new_user(), make.point(year=2027, serves=str(9000 + number))
    person = make.person(card_year)
    make.appointment(person)
    card = make.card(person, at=point)
    YearEvent.objects.create(card_year=card_year, kind="run", at=at, by=by)
    PersonnelImport.objects.create(card_year=card_year, source="epd", sha256="0" * 64, at=at, by=by, people=1)
    PrintBatch.objects.create(card_year=card_year, number=number, frozen_at=at, by=by, cards=1)
    PickupList.objects.create(
        card_year=card_year, pickup_point=point, revision=1, made_at=at, card_numbers=[card.number]
    )
    CardEvent.objects.create(card=card, kind=CardEventKind.MOVED, at=at, by=by, from_point=point, to_point=point)
    return person


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_list_asks_as_many_queries_for_three_rows_as_for_one(
    model: type, chief: Client, card_year: CardYear, now: dt.datetime
) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    one_of_each(card_year, 1, now)
    chief.get(address)
    with CaptureQueriesContext(connection) as with_one:
        first = chief.get(address)
    for number in (2, 3):
        one_of_each(card_year, number, now)
    with CaptureQueriesContext(connection) as with_three:
        third = chief.get(address)

    assert (first.status_code, third.status_code) == (200, 200)
    assert len(with_three) == len(with_one)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_form_opens(model: type, chief: Client, card_year: CardYear, now: dt.datetime) -> None:
    one_of_each(card_year, 1, now)
    row = model._default_manager.first()  # type: ignore[attr-defined]
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"  # type: ignore[attr-defined]
    address = reverse(f"{name}_change", args=[row.pk]) if row else reverse(f"{name}_add")

    assert chief.get(address).status_code == 200


@pytest.mark.parametrize("model", [YearEvent, PersonnelImport, PrintBatch, PickupList, CardEvent])
def test_history_cannot_be_written(model: type, chief: Client, card_year: CardYear, now: dt.datetime) -> None:
    one_of_each(card_year, 1, now)
    name = f"admin:distribution_{model._meta.model_name}"  # type: ignore[attr-defined]
    pk = model._default_manager.first().pk  # type: ignore[attr-defined]

    answers = [
        chief.post(reverse(f"{name}_add"), {}).status_code,
        chief.post(reverse(f"{name}_change", args=[pk]), {}).status_code,
        chief.post(reverse(f"{name}_delete", args=[pk]), {"post": "yes"}).status_code,
    ]

    assert answers == [403, 403, 403]
    assert model._default_manager.filter(pk=pk).exists()  # type: ignore[attr-defined]


def test_a_desk_worker_does_not_get_in_t04(client: Client, card_year: CardYear) -> None:
    client.force_login(make.new_user())

    answer = client.get(reverse("admin:distribution_person_changelist"))

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/technisch-beheer/login/")


def test_no_page_about_a_person_shows_the_staff_number_t16(
    chief: Client, card_year: CardYear, now: dt.datetime
) -> None:
    person = one_of_each(card_year, 1, now)

    pages = [
        chief.get(reverse("admin:distribution_person_changelist")),
        chief.get(reverse("admin:distribution_person_change", args=[person.pk])),
        chief.get(reverse("admin:distribution_person_history", args=[person.pk])),
        chief.get(reverse("admin:distribution_pickuplist_changelist")),
    ]

    assert [person.staff_number in page.content.decode() for page in pages] == [False] * 4


@pytest.mark.parametrize(
    ("typed", "found"),
    [("van den b", ["Van den Broeck"]), ("BROECK", []), ("16203040856", []), ("", ["Aerts", "Van den Broeck"])],
)
def test_people_are_found_by_the_start_of_their_name(
    typed: str, found: list[str], chief: Client, card_year: CardYear
) -> None:
    for name in ("Van den Broeck", "Aerts"):
        make.person(card_year, name)

    answer = chief.get(reverse("admin:distribution_person_changelist"), {"q": typed})

    assert [person.last_name for person in answer.context["cl"].result_list] == found


def test_a_person_is_only_looked_at(chief: Client, card_year: CardYear) -> None:
    person = make.person(card_year)
    inline = {"appointments-TOTAL_FORMS": "0", "appointments-INITIAL_FORMS": "0"}

    answer = chief.post(reverse("admin:distribution_person_change", args=[person.pk]), {"shielded": "on", **inline})

    person.refresh_from_db()
    assert (answer.status_code, person.shielded, LogEntry.objects.count()) == (403, False, 0)


def year_form(**changed: str) -> dict[str, str]:
    inlines = {
        f"{name}-{count}": "0"
        for name in ("entitled_categories", "excluding_codes")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    dates = {"lookup_from": "2026-12-01", "collect_from": "2026-12-27", "collect_until": "2027-07-10"}
    return inlines | dates | changed


def test_the_rules_of_a_year_are_only_looked_at(chief: Client, card_year: CardYear) -> None:
    address = reverse("admin:distribution_cardyear_change", args=[card_year.pk])
    was = years.rules(card_year)
    added = {"excluding_codes-TOTAL_FORMS": "1", "excluding_codes-0-code": "301", "excluding_codes-0-meaning": "proef"}

    shown = chief.get(address).content.decode()
    answer = chief.post(address, year_form(**added))

    card_year.refresh_from_db()
    assert (years.rules(card_year), answer.status_code) == (was, 302)
    assert [f'name="{name}"' in shown for name in ("excluding_codes-0-code", "collect_until")] == [False, True]
    assert not YearEvent.objects.exclude(kind="opened").exists()


def test_dates_moved_leave_an_event_also_after_freezing(chief: Client, card_year: CardYear, now: dt.datetime) -> None:
    PrintBatch.objects.create(card_year=card_year, number=1, frozen_at=now, cards=0)

    chief.post(
        reverse("admin:distribution_cardyear_change", args=[card_year.pk]), year_form(collect_until="2027-08-31")
    )

    card_year.refresh_from_db()
    event = YearEvent.objects.exclude(kind="opened").get()
    assert card_year.collect_until == dt.date(2027, 8, 31)
    assert (event.kind, event.by and event.by.email, event.summary) == (
        "dates_moved",
        "beheer@voorbeeld.be",
        {"collect_until": ["2027-07-10", "2027-08-31"]},
    )


def test_a_forgotten_year_is_only_looked_at(chief: Client, card_year: CardYear, now: dt.datetime) -> None:
    CardYear.objects.filter(pk=card_year.pk).update(people_gone_at=now)
    address = reverse("admin:distribution_cardyear_change", args=[card_year.pk])

    assert (chief.get(address).status_code, chief.post(address, year_form()).status_code) == (200, 403)


def test_year_dates_out_of_order_are_refused(chief: Client, card_year: CardYear, now: dt.datetime) -> None:
    PrintBatch.objects.create(card_year=card_year, number=1, frozen_at=now, cards=0)
    dates = year_form(collect_until="2026-12-01")

    answer = chief.post(reverse("admin:distribution_cardyear_change", args=[card_year.pk]), dates)

    card_year.refresh_from_db()
    assert (answer.status_code, YearEvent.objects.filter(kind="dates_moved").exists()) == (200, False)
    assert card_year.collect_until == dt.date(2027, 7, 10)


def test_a_pickup_point_is_only_looked_at_and_changed_on_the_page_of_klasse(chief: Client, card_year: CardYear) -> None:
    point = make.point("bib-gent", year=card_year.year, serves="9000")
    was = list(point.served_postcodes.values()), list(point.years.values()), PickupPoint.objects.values().get()
    name = "admin:pickup_points_pickuppoint"
    form = {
        "name": "Anders",
        "served_postcodes-TOTAL_FORMS": "1",
        "served_postcodes-INITIAL_FORMS": "0",
        "served_postcodes-0-year": "2027",
        "served_postcodes-0-postcode": "9031",
        "years-TOTAL_FORMS": "0",
        "years-INITIAL_FORMS": "0",
    }

    shown = chief.get(reverse(f"{name}_change", args=[point.pk])).content.decode()
    answers = [
        chief.post(reverse(f"{name}_add"), form).status_code,
        chief.post(reverse(f"{name}_change", args=[point.pk]), form).status_code,
        chief.post(reverse(f"{name}_delete", args=[point.pk]), {"post": "yes"}).status_code,
    ]

    assert answers == [403, 403, 403]
    assert (
        list(point.served_postcodes.values()),
        list(point.years.values()),
        PickupPoint.objects.values().get(),
    ) == was
    assert [f'name="{field}"' in shown for field in ("name", "served_postcodes-0-year", "years-0-year")] == [False] * 3
    assert [text in shown for text in ("9000", 'href="/beheer/punten/bib-gent/gegevens/"')] == [True, True]


def test_user_is_made_with_an_address_in_small_letters_and_can_log_in(chief: Client) -> None:
    form = {
        "email": "An.Peeters@Voorbeeld.be",
        "name": "An",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    answer = chief.post(reverse("admin:pickup_points_user_add"), form)

    assert answer.status_code == 302
    assert Client().login(username="an.peeters@voorbeeld.be", password=PASSWORD)


def test_user_gets_another_password(chief: Client) -> None:
    user = make.new_user("an@voorbeeld.be")
    form = {"usable_password": "true", "password1": ANOTHER, "password2": ANOTHER}

    answer = chief.post(reverse("admin:auth_user_password_change", args=[user.pk]), form)

    assert answer.status_code == 302
    assert Client().login(username="an@voorbeeld.be", password=ANOTHER)


def test_short_password_is_refused_t03(chief: Client) -> None:
    user = make.new_user("an@voorbeeld.be")
    form = {"usable_password": "true", "password1": "kort-woord-14x", "password2": "kort-woord-14x"}

    answer = chief.post(reverse("admin:auth_user_password_change", args=[user.pk]), form)

    assert answer.status_code == 200
    assert not Client().login(username="an@voorbeeld.be", password="kort-woord-14x")
