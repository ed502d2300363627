"""run_year, freeze_year and pending_changes as somebody at a terminal or a program sees them."""

import csv
import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from distribution.actions import freeze, run
from distribution.models import Card, CardYear
from tests import make
from tests.distribution.actions.populations import Human, Job, settle

ON = dt.date(2026, 11, 15)
LEFT = Job(ends_on=dt.date(2026, 6, 30))


def answer(*arguments: str) -> dict[str, Any]:
    output = StringIO()
    call_command(*arguments, "--json", stdout=output)
    found = json.loads(output.getvalue())
    assert isinstance(found, dict)
    return found


def test_run_year_answers_with_the_keys_of_the_contract(card_year: CardYear) -> None:
    settle(card_year, [Human(), Human(jobs=(LEFT,))])

    found = answer("run_year", "2027", "--reference-date", "2026-11-15")

    assert (found["people"], found["entitled"]) == (2, 1)
    assert list(found["not_entitled"]) == [
        "no_active_appointment",
        "not_paid_by_ministry",
        "category_not_entitled",
        "full_interruption",
    ]
    assert {key: found["cards"][key] for key in ("new", "existing", "withdrawn")} == {
        "new": 1,
        "existing": 0,
        "withdrawn": 0,
    }
    assert found["channels"] == {"subscription": 0, "starter": 0, "pickup": 1}
    assert found["assigned"] == {"by_residence": 0, "by_institution": 0, "by_office": 0, "unassigned": 1}


def test_run_year_judges_by_the_reference_date(card_year: CardYear) -> None:
    settle(card_year, [Human(jobs=(LEFT,))])

    before = answer("run_year", "2027", "--reference-date", "2026-06-30", "--dry-run")
    after = answer("run_year", "2027", "--reference-date", "2026-07-01", "--dry-run")

    assert (before["entitled"], after["entitled"]) == (1, 0)
    assert Card.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["run_year", "freeze_year", "pending_changes"])
def test_command_refuses_a_year_not_opened(command: str) -> None:
    with pytest.raises(CommandError, match="2072 is niet geopend") as refusal:
        call_command(command, "2072")

    assert refusal.value.returncode == 2


def test_freeze_year_answers_with_the_keys_of_the_contract(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human()])
    run.run(card_year, on=ON, at=now)

    first, again = answer("freeze_year", "2027"), answer("freeze_year", "2027")

    assert (first["cards"], first["batch"]) == (2, 1)
    assert dt.datetime.fromisoformat(first["frozen_at"]).utcoffset() is not None
    assert again == first


def test_freeze_year_refuses_a_year_without_cards(card_year: CardYear) -> None:
    with pytest.raises(CommandError, match="nog geen kaarten") as refusal:
        call_command("freeze_year", "2027")

    assert refusal.value.returncode == 2


def test_pending_changes_writes_the_list_for_klasse(card_year: CardYear, now: dt.datetime, tmp_path: Path) -> None:
    here = make.point(year=2027, serves="9000")
    settle(card_year, [Human(), Human()])
    run.run(card_year, on=ON, at=now)
    freeze.freeze(card_year, at=now)
    settle(card_year, [Human(jobs=(LEFT,)), Human(subscribes=True)])
    run.run(card_year, on=ON, at=now)
    path = tmp_path / "wijzigingen.csv"

    found = answer("pending_changes", "2027", "--out", str(path))

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert found["changes"] == {"new": 0, "withdrawn": 1, "moved": 0, "channel": 1}
    assert rows == [
        ["stamboeknummer_einde", "naam", "voornaam", "wijziging", "nu", "zou_worden"],
        [
            make.staff_number(0)[-4:],
            "Achternaam000",
            "An",
            "geen recht meer",
            here.name,
            "geen kaart: geen lopende opdracht",
        ],
        [make.staff_number(1)[-4:], "Achternaam001", "An", "andere weg", here.name, "met het magazine"],
    ]
