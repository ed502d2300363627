"""What we keep about one staff number: nothing is forgotten to be told, nothing of anyone else is (hardening.md P16)."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from distribution.actions import purge
from distribution.models import Card, CardYear, NotEntitled, Person, Reading, ShieldedNumber
from distribution.queries import subject_access
from distribution.queries.subject_access import COVERED, LABELS, LEFT_OUT, Dossier
from pickup_points.models import KlasseRole, User
from tests import make
from tests.conftest import NOW
from tests.distribution import lived_year, seasons
from tests.distribution.lived_year import DUE, SECRETS, LivedYear

# A way to a person that is no foreign key: the number itself, or keys and numbers of cards in a list.
BY_VALUE = {"staff_number", "cards", "card_numbers"}
# Fields of those names that hold how many, not which.
COUNTS_ONLY = {"PrintBatch.cards", "PublishedFigures.cards", "PointStatement.cards"}


def leads_to_people() -> set[type[models.Model]]:
    """Every model with a way to Person or Card: by a key, by a key of a key, or by a number."""
    everything = [model for app in ("distribution", "pickup_points") for model in apps.get_app_config(app).get_models()]
    found: set[type[models.Model]] = {Person, Card}
    while True:
        more = {
            model
            for model in everything
            for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
            if field.related_model in found
            or (field.name in BY_VALUE and f"{model.__name__}.{field.name}" not in COUNTS_ONLY)
        }
        if more <= found:
            return found
        found |= more


def test_every_model_with_a_way_to_a_person_is_told() -> None:
    assert set(COVERED) == set(LEFT_OUT) == leads_to_people()


def test_every_field_is_told_or_left_out_for_a_reason() -> None:
    for model, names in LEFT_OUT.items():
        assert names <= {field.name for field in model._meta.concrete_fields}, model


def test_every_fact_has_a_name_for_people() -> None:
    nameless = {
        f"{model.__name__}.{field.name}"
        for model in COVERED
        for field in model._meta.concrete_fields
        if field.name not in LEFT_OUT[model] | LABELS.keys()
        # What Django makes up from the name of the field.
        and str(field.verbose_name) == field.name.replace("_", " ")
    }

    assert nameless == set()


@pytest.fixture
def year(card_year: CardYear) -> LivedYear:
    return lived_year.lived(card_year)


def told(dossier: Dossier) -> str:
    return json.dumps(dossier.as_json(), ensure_ascii=False)


@pytest.mark.django_db
def test_dossier_has_a_row_of_every_table(year: LivedYear) -> None:
    NotEntitled.objects.create(person=year.person, reason="no_active_appointment")
    ShieldedNumber.objects.create(staff_number=year.number, since=NOW, since_by=year.user)

    dossier = subject_access.dossier(year.number, at=NOW)

    [one] = dossier.years
    rows = {part.table: len(part.rows) for part in (*one.parts, *dossier.parts)}
    assert rows == {
        "person": 1,
        "appointment": 1,
        "notentitled": 1,
        "card": 1,
        "cardevent": 3,
        "handover": 2,
        "transfer": 1,
        "voidednumber": 1,
        "pickuplist": 1,
        "pendingchange": 1,
        "subscriber": 1,
        "earlierholder": 2,
        "shieldednumber": 1,
        "reading": 1,
    }
    assert dossier.rows == sum(rows.values())


@pytest.mark.django_db
def test_dossier_tells_in_words(year: LivedYear) -> None:
    Reading.objects.update(reason="belt zelf")

    answer = subject_access.dossier(year.number, at=NOW).as_json()

    [person], [card] = answer["years"][0]["person"], answer["years"][0]["card"]
    assert (person["last_name"], person["street"], person["shielded"]) == ("Vermeulen", "Geheimstraat", False)
    assert (card["number"], card["state"], card["pickup_point"]) == (
        year.card.number,
        "afgehaald",
        "Bibliotheek punt-9000",
    )
    assert sorted(one["collector"] for one in answer["years"][0]["handover"]) == ["", "Buurvrouw Leen"]
    assert answer["reading"][0]["reason"] == "belt zelf"
    assert [word for word in SECRETS if word not in told(subject_access.dossier(year.number, at=NOW))] == [
        "vermeulen",
        "3077",
    ]


@pytest.mark.django_db
def test_dossier_has_nothing_of_others_and_no_name_of_a_colleague(year: LivedYear) -> None:
    User.objects.filter(pk=year.user.pk).update(name="Karel Collega", klasse_role=KlasseRole.OFFICE)
    year.card.refresh_from_db()
    others = Card.objects.exclude(pk=year.card.pk)
    Reading.objects.create(at=NOW, by=year.user, kind="search", cards=[others.first().pk], count=1, reason="ander")  # type: ignore[union-attr]

    answer = told(subject_access.dossier(year.number, at=NOW))

    assert [card.number for card in others if card.number in answer] == []
    assert [one for one in Person.objects.exclude(pk=year.person.pk) if one.staff_number in answer] == []
    assert ("Karel" in answer, "ander" in json.loads(answer)["reading"][0]["reason"]) == (False, False)
    assert json.loads(answer)["reading"][0]["by"] == "iemand van Klasse"


@pytest.mark.django_db
def test_dossier_goes_over_all_years_the_latest_first(year: LivedYear) -> None:
    later = make.person(seasons.opened(2028), "Vermeulen-Peeters", "Annelies", staff_number=year.number)
    make.card(later)

    dossier = subject_access.dossier(year.number, at=NOW)

    assert [one.year for one in dossier.years] == [2028, 2027]
    assert len(dossier.cards) == 2


@pytest.mark.django_db
def test_dossier_of_a_forgotten_year_says_so(year: LivedYear) -> None:
    purge.purge_year(year.card_year, days=90, at=DUE)

    [one] = subject_access.dossier(year.number, at=DUE).years

    assert (one.is_forgotten, one.parts[0].rows[0][1].value) == (True, "(gewist)")


@pytest.mark.django_db
def test_dossier_of_an_unknown_number_is_empty(db: Any) -> None:
    assert subject_access.dossier(make.staff_number(), at=NOW).is_empty


@pytest.mark.django_db
def test_dossier_asks_as_much_for_two_hand_overs_as_for_twenty(year: LivedYear, django_assert_num_queries: Any) -> None:
    with CaptureQueriesContext(connection) as few:
        subject_access.dossier(year.number, at=NOW)
    for _ in range(18):
        lived_year.marked(year, undone_at=NOW, undone_by=year.user)

    with django_assert_num_queries(len(few)):
        subject_access.dossier(year.number, at=NOW)
