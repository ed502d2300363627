"""The queue of a desk by itself, against a server that answers as told: what leaves it, what stays, what is listed, in which order."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A store and a server of a few lines; `rounds` times the queue is sent.
PLAY = """async ({ actions, statuses, whole, poison, rounds }) => {
  const { Queue } = await import("/static/lerarenkaart/desk/queue.js");
  let waiting = actions.map((action, order) => ({ ...action, order }));
  const told = { sent: [], refused: [], accepted: [], thrown: [] };
  const store = {
    owner: "iemand",
    point: "ergens",
    queued: async () => [...waiting],
    answered: async (orders, refusals) => {
      waiting = waiting.filter((action) => !orders.includes(action.order));
      told.refused.push(...refusals.map((one) => [one.id, one.code]));
    },
  };
  const answerFor = (id) => ({ id, status: statuses[id] ?? 201, body: { code: "because" } });
  const call = async (path, { body }) => {
    if (path.includes("/undo/")) {
      const id = path.split("/").at(-3);
      told.sent.push("undo " + id);
      return answerFor(id);
    }
    const ids = body.items.map((item) => item.id);
    told.sent.push(ids.length > 9 ? ids.length : ids.join(" "));
    if (whole) return { status: whole, body: {} };
    if (ids.some((id) => poison.includes(id))) return { status: 500, body: {} };
    return { status: 200, body: { results: ids.map(answerFor) } };
  };
  const queue = new Queue(store, { call });
  for (let round = 0; round < rounds; round += 1) {
    await queue.send((yes) => told.accepted.push(...yes.map((one) => one.id))).catch((reason) => told.thrown.push(reason.constructor.name));
  }
  return { ...told, left: waiting.map((action) => action.id) };
}"""


def _hand_overs(ids: str) -> list[dict[str, str]]:
    return [
        {"kind": "hand-over", "id": one, "card": f"card {one}", "at": "", "evidence": "click"} for one in ids.split()
    ]


def _of_card(card: str, *actions: str) -> list[dict[str, str]]:
    return [
        {"kind": kind, "id": one, "card": card, "at": "", "evidence": "click"}
        for kind, one in (action.split() for action in actions)
    ]


@dataclass
class Case:
    """What waits, how the server answers, and what must come of it."""

    actions: list[dict[str, str]]
    left: str = ""
    refused: list[list[str]] = field(default_factory=list)
    sent: list[Any] | None = None
    statuses: dict[str, int] = field(default_factory=dict)
    whole: int = 0
    poison: str = ""
    rounds: int = 1
    thrown: list[str] = field(default_factory=list)


ABC = _hand_overs("a b c")
BACK_AND_FORTH = _of_card("x", "hand-over a", "undo a", "hand-over b")
CASES = {
    "all taken": Case(ABC, sent=["a b c"]),
    "known already": Case(ABC, statuses={"a": 200, "b": 200, "c": 200}),
    "at most 500 at once": Case(_hand_overs(" ".join(map(str, range(1201)))), sent=[500, 500, 201]),
    "a refusal is listed once": Case(ABC, statuses={"b": 409}, refused=[["b", "because"]], rounds=3, sent=["a b c"]),
    "each kind of refusal": Case(
        ABC, statuses={"a": 404, "b": 422, "c": 400}, refused=[["a", "because"], ["b", "because"], ["c", "because"]]
    ),
    "log in again": Case(ABC, whole=401, left="a b c", thrown=["LogInAgain"], sent=["a b c"]),
    "no right any more": Case(ABC, whole=403, left="a b c", thrown=["LogInAgain"]),
    "no such address": Case(ABC, whole=404, left="a b c", thrown=["NoNetwork"]),
    "too busy, for ever": Case(ABC, whole=429, left="a b c", rounds=30),
    "a server that is down": Case(ABC, whole=500, left="a b c", rounds=19),
    "a server that stays down": Case(
        ABC, whole=500, rounds=20, refused=[["a", "failed"], ["b", "failed"], ["c", "failed"]]
    ),
    "too large": Case(_hand_overs("a"), whole=413, refused=[["a", "failed"]]),
    "one that it stumbles over": Case(
        _hand_overs("a b c d"), poison="c", left="c", sent=["a b c d", "a b", "c d", "c", "d"]
    ),
    "stumbled over beside others that were taken": Case(
        _hand_overs("a b c d"), poison="c", rounds=20, refused=[["c", "failed"]]
    ),
    "undone and done again, in that order": Case(BACK_AND_FORTH, sent=["a", "undo a", "b"]),
    "an undo that is refused": Case(
        BACK_AND_FORTH[:2], statuses={"a": 409}, refused=[["a", "because"], ["a", "because"]]
    ),
    "nothing overtakes what waits for its card": Case(
        [*BACK_AND_FORTH, *_hand_overs("z")], poison="a", left="a a b", sent=["a", "z"]
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_queue(page: Page, live_server: LiveServer, name: str) -> None:
    case = CASES[name]
    page.goto(f"{live_server.url}/toegankelijkheid/")

    told = page.evaluate(
        PLAY,
        {
            "actions": case.actions,
            "statuses": case.statuses,
            "whole": case.whole,
            "poison": case.poison.split(),
            "rounds": case.rounds,
        },
    )

    assert (told["left"], told["refused"], told["thrown"]) == (case.left.split(), case.refused, case.thrown)
    assert len(told["accepted"]) + len(told["refused"]) + len(told["left"]) == len(case.actions)
    if case.sent is not None:
        assert told["sent"] == case.sent
