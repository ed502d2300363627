"""While a release is put in place, the code of the release before works on in the schema of this one (docs/operations.md; F21).

So a migration adds and takes nothing away: a column that goes is first no longer used, for one whole release, and what is
added has a value when code that does not know it writes a row. At a release, RELEASED becomes the last migrations of that one
and HARMLESS is emptied.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field

from distribution.models import CardYear
from pickup_points.models import PickupPoint, User
from tests.conftest import NOW

# The last migrations of version 0.1.0.
RELEASED = [("distribution", "0003_room_beside_cards"), ("pickup_points", "0001_initial")]
OURS = {"distribution", "pickup_points"}
# New conditions on tables that were there: why rows of code that does not know them pass.
HARMLESS = {
    "stopped_at_and_by_go_together": "three new columns, all empty in such a row",
    "numbers_go_after_people": "two new columns, both empty in such a row",
    "pending_change_left_at_and_by_go_together": "two new columns, both empty in such a row",
}


def states() -> tuple[ProjectState, ProjectState]:
    """What the models were at the release before, and what they are."""
    loader = MigrationLoader(None)
    return loader.project_state(RELEASED), loader.project_state()


def broken(was: ModelState, becomes: ModelState) -> Iterator[str]:
    """What code that knows a table as it `was` stumbles over."""
    known = was.fields
    for name, field in known.items():
        if name not in becomes.fields:
            yield f"{name} is gone"
        else:
            yield from (f"{name} {why}" for why in _narrower(field, becomes.fields[name]))
    for name, field in becomes.fields.items():
        if name not in known and not (field.null or field.has_db_default() or field.many_to_many):
            yield f"{name} is new, and has no value when it is not named"
    stood = {one.name: one for one in was.options.get("constraints", ())}
    for one in becomes.options.get("constraints", ()):
        if stood.get(one.name) != one and one.name not in HARMLESS:
            yield f"{one.name} is a new condition"
    yield from (
        f"{option} is another"
        for option in ("db_table", "unique_together")
        if was.options.get(option) != becomes.options.get(option)
    )


def _narrower(was: "Field[Any, Any]", becomes: "Field[Any, Any]") -> Iterator[str]:
    if type(was) is not type(becomes) or was.db_column != becomes.db_column:
        yield "is something else"
    if was.null and not becomes.null:
        yield "may not be empty any more"
    if becomes.unique and not was.unique:
        yield "must be unique"
    if (becomes.max_length or 0) < (was.max_length or 0):
        yield "is shorter"


@pytest.mark.house
def test_nothing_the_release_before_needs_was_taken_away() -> None:
    before, now = states()
    ours = {key: model for key, model in before.models.items() if key[0] in OURS}
    there = {key: now.models.get(key) for key in ours}

    found = {
        ".".join(key): list(broken(model, becomes)) if (becomes := there[key]) else ["is gone"]
        for key, model in ours.items()
    }

    assert ours
    assert {name: why for name, why in found.items() if why} == {}


@pytest.mark.house
def test_every_exception_is_still_one() -> None:
    _, now = states()
    names = {one.name for model in now.models.values() for one in model.options.get("constraints", ())}

    assert HARMLESS.keys() - names == set()


@pytest.mark.house
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"remove": "phone"}, "phone is gone"),
        ({"null": False}, "kind may not be empty any more"),
        ({"max_length": 3}, "kind is shorter"),
        ({"unique": True}, "kind must be unique"),
        ({"add": "floor"}, "floor is new, and has no value when it is not named"),
    ],
)
def test_what_would_break_is_seen(changed: dict[str, Any], why: str) -> None:
    from_state, to_state = states()[0].models["pickup_points", "pickuppoint"], None
    to_state = from_state.clone()
    if "remove" in changed:
        del to_state.fields[changed["remove"]]
    elif "add" in changed:
        to_state.fields["floor"] = from_state.fields["kind"].clone()
    else:
        known = from_state.fields["kind"].clone()
        known.null = True
        from_state.fields["kind"], to_state.fields["kind"] = known, known.clone()
        for name, value in {"null": True, **changed}.items():
            setattr(to_state.fields["kind"], name if name != "unique" else "_unique", value)

    assert list(broken(from_state, to_state)) == [why]


@pytest.mark.django_db
def test_models_of_the_release_before_write_in_the_schema_of_this_one() -> None:
    before = states()[0].apps
    days = {"lookup_from": NOW.date(), "collect_from": NOW.date(), "collect_until": NOW.date(), "opened_at": NOW}
    year = before.get_model("distribution", "CardYear").objects.create(year=2027, **days)
    user = before.get_model("pickup_points", "User").objects.create(email="an@voorbeeld.be")
    point = before.get_model("pickup_points", "PickupPoint").objects.create(code="gent", name="Gent", postcode="9000")
    before.get_model("pickup_points", "PointYear").objects.create(point=point, year=2027)
    person = before.get_model("distribution", "Person").objects.create(card_year=year, staff_number="1", last_name="x")
    before.get_model("distribution", "Card").objects.create(
        card_year=year, person=person, number="62700000001", channel="pickup", pickup_point_id=point.pk,
        assigned_by="by_residence",
    )  # fmt: skip

    assert CardYear.objects.get().falls_back_on_school
    assert (User.objects.get(pk=user.pk).klasse_role, PickupPoint.objects.get().poster_text) == ("", "")
    year.save()
    assert before.get_model("distribution", "Card").objects.get().person.last_name == "x"
