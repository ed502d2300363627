"""A small year in a real Chromium, from opening to the lists: with and without JavaScript, by two people of Klasse."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution import tasks
from distribution.actions import years
from distribution.models import Card, CardYear, Job, PickupList, PrintBatch
from tests import make
from tests.browser.conftest import PHONE
from tests.browser.desks import enter
from tests.conftest import NOW
from tests.distribution import office_year
from tests.distribution.actions.populations import Human, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YEAR = 2027
PAGES = (
    "regels", "toekennen", "vergelijken", "bevriezen", "drukwerk", "lijsten", "starters", "na-het-bevriezen", "eigen-lijsten",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done by the test, when the page shows that it waits."""
    monkeypatch.setattr(tasks, "enqueue", lambda task, *arguments: True)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def two(request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer) -> Iterator[list[Page]]:
    """Two people of Klasse, each in a browser of their own."""
    contexts: list[BrowserContext] = []
    for _ in range(2):
        context = chromium.new_context(java_script_enabled=request.param, locale="nl-BE", viewport=PHONE)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        enter(context, live_server.url, office_year.klasse())
        contexts.append(context)
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def done(page: Page) -> None:
    """Have a worker do the work that this page is about, and go on from its page to the year."""
    tasks.do_job(int(page.url.rstrip("/").rsplit("/", 1)[-1]))
    page.reload()


def test_a_year_from_opening_to_the_lists(two: list[Page], live_server: LiveServer) -> None:
    page, colleague = two
    url = live_server.url
    page.goto(f"{url}/beheer/")
    page.get_by_role("link", name="Open een jaar").click()
    page.goto(f"{url}/beheer/jaar/openen/?kaartjaar={YEAR}")
    page.get_by_role("button", name=f"Open {YEAR}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Lerarenkaart {YEAR}")

    page.get_by_role("link", name="Jaar geopend").click()
    page.get_by_label("Internaat: technisch").check()
    page.get_by_role("button", name="Bewaar de regels").click()
    expect(page.get_by_text("De regels zijn bewaard.")).to_be_visible()

    make.point("gent", year=YEAR, serves="9000")
    settle(CardYear.objects.get(), [Human(held="listed"), Human(held="listed"), Human(subscribes=True)])
    page.goto(f"{url}/beheer/{YEAR}/toekennen/")
    page.get_by_role("button", name="Proef").click()
    done(page)
    page.goto(f"{url}/beheer/{YEAR}/toekennen/")
    page.get_by_role("button", name="Ken 3 kaarten toe").click()
    done(page)
    assert Card.objects.count() == 3

    page.goto(f"{url}/beheer/")
    page.goto(f"{url}/beheer/{YEAR}/bevriezen/")
    page.get_by_label("Typ het aantal kaarten over").fill("2")
    page.get_by_role("button", name="Bevries deze kaarten").click()
    expect(page.get_by_text("Dit is niet het aantal kaarten")).to_be_visible()
    page.get_by_label("Typ het aantal kaarten over").fill("3")
    page.get_by_role("button", name="Bevries deze kaarten").click()
    tasks.do_job(Job.objects.order_by("-pk")[0].pk)
    assert not PrintBatch.objects.exists()
    colleague.goto(page.url)
    colleague.get_by_role("button", name="Bevestig").click()
    expect(colleague.get_by_role("button", name="Bevestig")).to_have_count(0)
    done(page)
    assert PrintBatch.objects.get().cards == 3

    page.goto(f"{url}/beheer/{YEAR}/drukwerk/")
    page.get_by_role("button", name="Maak het drukwerk").click()
    done(page)
    page.goto(f"{url}/beheer/{YEAR}/drukwerk/")
    with page.expect_download() as printed:
        page.get_by_role("link", name=f"drukwerk-{YEAR}-reeks-1.zip").click()
    assert printed.value.path().read_bytes()[:4] == b"PK\x03\x04"
    page.get_by_role("link", name="Verder naar de afhaallijsten").click()
    page.get_by_role("button", name="Maak de afhaallijsten").click()
    done(page)
    page.goto(f"{url}/beheer/{YEAR}/lijsten/")
    expect(page.get_by_role("link", name=f"afhaallijsten-{YEAR}.zip")).to_be_visible()
    assert PickupList.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    card_year: CardYear,
    live_server: LiveServer,
    context: BrowserContext,
    page: Page,
    check_page: Callable[[Page], None],
    scheme: str,
) -> None:
    year = office_year.with_everything(card_year)
    before = years.open_year(YEAR - 1, at=NOW)
    office_year.run(before)
    for province in ("Oost-Vlaanderen", "Brussels Hoofdstedelijk Gewest", ""):
        make.card(make.person(before), at=year.gent.point, province=province)
    enter(context, live_server.url, office_year.klasse())
    context.set_default_timeout(20_000)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for section in PAGES:
        page.goto(f"{live_server.url}/beheer/{YEAR}/{section}/")
        if section == "vergelijken":
            page.get_by_text("Alle 2 afhaalpunten").click()
        check_page(page)
    page.goto(f"{live_server.url}/beheer/jaar/openen/")
    check_page(page)


def test_the_rules_are_a_grid_on_a_desk_and_a_list_on_a_phone(
    card_year: CardYear,
    live_server: LiveServer,
    context: BrowserContext,
    page: Page,
    check_page: Callable[[Page], None],
) -> None:
    enter(context, live_server.url, office_year.klasse())
    page.goto(f"{live_server.url}/beheer/{YEAR}/regels/")
    box = page.get_by_label("Ander: technisch")
    expect(page.locator("td", has=box).get_by_text("technisch")).to_be_visible()
    check_page(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    check_page(page)
    box.press("Space")
    page.get_by_label("Code 1").fill("1-2")
    page.get_by_role("button", name="Bewaar de regels").press("Enter")

    # What was ticked is still ticked beside what is wrong.
    expect(page.get_by_text("Een code heeft hoogstens 10 letters of cijfers.")).to_be_visible()
    expect(box).to_be_checked()
    check_page(page)
