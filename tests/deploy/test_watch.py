"""What people watch with: every rule and panel asks for something this code counts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from distribution import metrics as counted
from lerarenkaart import metrics

WATCH = Path(__file__).resolve().parents[2] / "deploy" / "watch"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((WATCH / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
BOARD: dict[str, Any] = json.loads((WATCH / "grafana.json").read_text(encoding="utf-8"))
ASKED = [rule["expr"] for rule in RULES] + [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
COUNTERS = (counted.LOOKUPS, counted.BREAKER_TRIPS, counted.HAND_OVERS, metrics.REQUESTS, metrics.SECONDS)


def known() -> set[str]:
    """The names Prometheus hears: those of the counters, and those that are looked up when it asks."""
    source = Path(metrics.__file__).read_text(encoding="utf-8")
    looked_up = set(re.findall(r'"(lerarenkaart_\w+)"', source))
    names = {one._name for one in COUNTERS}
    return looked_up - names | {f"{name}_total" for name in names} | {f"{metrics.SECONDS._name}_bucket"}


@pytest.mark.parametrize("expression", ASKED)
def test_every_question_is_about_something_that_is_counted(expression: str) -> None:
    assert set(re.findall(r"lerarenkaart_\w+", expression)) <= known()


def test_every_rule_says_in_a_sentence_what_is_wrong() -> None:
    assert all(re.match(r"[A-Z].+[.?]$", rule["annotations"]["summary"]) for rule in RULES)
    assert {rule["labels"]["severity"] for rule in RULES} == {"warning", "page"}


def test_what_is_counted_is_watched() -> None:
    watched = {name for expression in ASKED for name in re.findall(r"lerarenkaart_\w+", expression)}

    assert known() - watched == {"lerarenkaart_request_seconds_total"}


@pytest.mark.django_db
def test_the_board_asks_for_what_is_there(client: Client) -> None:
    told = client.get("/metrics").content.decode()

    assert "lerarenkaart_disk_free_ratio" in told
    assert "lerarenkaart_lookup_breaker_trips_total" in told
