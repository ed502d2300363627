"""T09 in a real Chromium, only in `make test-security`: every page of a year in which every text is a script."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog, Page
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from pickup_points.models import User
from tests.browser.conftest import Watched
from tests.browser.desks import enter
from tests.distribution import lived_year
from tests.security import hostile, payloads
from tests.security.measured import Attack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fresh_counters"),
    # Without a browser it is tried in tests/security.
    pytest.mark.full_attack,
]
# Scripts in a name of 200 letters: three fit, in turn over the rows and the rounds.
TOGETHER = 3
ROLES = ("anonymous", "manager", "office")
TELLS = "window.alert = window.confirm = window.prompt = (told) => console.error('a script ran: ' + told)"


def is_page(client: Client) -> Callable[[str], bool]:
    def check(address: str) -> bool:
        answer = client.get(address)
        return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")

    return check


def test_t09_no_page_runs_anything_in_chromium(
    page: Page,
    watched: Watched,
    context: BrowserContext,
    live_server: LiveServer,
    card_year: CardYear,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attack = Attack("T09", "30 scripts in elke tekstkolom, elke pagina in Chromium")
    monkeypatch.setattr(timezone, "now", lambda: lived_year.IN_SEASON)
    context.set_default_timeout(20_000)
    context.add_init_script(TELLS)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    made = hostile.year(card_year)
    texts = ["".join(payloads.XSS[place : place + TOGETHER]) for place in range(0, len(payloads.XSS), TOGETHER)]
    # What is a file, or leads elsewhere, is not shown.
    shown = {role: list(filter(is_page(made.world.clients[role]), hostile.addresses(role))) for role in ROLES}
    seen = 0
    for turn in range(0, len(texts), 3):
        hostile.poison(texts, turn=turn)
        for role in ROLES:
            context.clear_cookies()
            if role != "anonymous":
                enter(context, live_server.url, User.objects.get(pk=made.world.users[role].pk))
            for address in shown[role]:
                page.goto(live_server.url + address, wait_until="load")
                seen += 1
    ran = [one for one in watched.complaints if "a script ran" in one]
    policy = [one for one in watched.complaints if "Content Security Policy" in one or "Content-Security-Policy" in one]
    attack.came_to(
        f"{len(ran) + len(dialogs)} keer iets uitgevoerd, {len(policy)} klachten over het beleid, {seen} keer een pagina geopend",
        limit="0, 0",
    )

    assert (ran, dialogs, policy) == ([], [], [])
    assert seen >= 200
