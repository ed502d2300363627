"""The desk with its script and a network: finding while typing, few keys, large answers, nothing twice, nothing in an address."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from distribution.actions import hand_overs
from distribution.enums import CardState, Evidence, ReadingKind
from distribution.models import Card, CardYear, HandOver, Reading
from distribution.rules import name_order
from tests import make
from tests.browser import desks
from tests.browser.desks import Counter
from tests.conftest import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
# A browser with a scanner of its own, and a camera that shows a card.
SCANNER = """(number) => {
  globalThis.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code", "code_128"]; }
    async detect() { return [{ rawValue: number }]; }
  };
  const media = { getUserMedia: async () => document.createElement("canvas").captureStream() };
  Object.defineProperty(navigator, "mediaDevices", { get: () => media });
}"""
NAMES = (
    "Van den Broeck",
    "D'Hondt",
    "Çelik",
    "d’Hondt–Maes",
    "Straße",
    "Łukasz Øster Æbel Œuvre",
    "Ðóra Þór",
    "Özgür ĞÜŞİÖÇ ışık",
    "Ñandú  Núñez",
    "O`Neill (van)",
    "Χρίστος",
    "Иванов",
    "王 小明",
    "محمد",
    "ŉ Aai",
    "ﬁets Ⅻ ℡",
    "e\u0301clair",
    "-- 7 --",
    "",
)


@pytest.fixture
def counter(page: Page, context: BrowserContext, live_server: LiveServer, card_year: CardYear) -> Counter:
    return desks.counter(page, context, live_server, card_year)


def _sounded(page: Page) -> str | None:
    return page.locator("html").get_attribute("data-sounded")


def test_name_to_done_in_four_keys(counter: Counter, check_page: Callable[[Page], None]) -> None:
    page = counter.open()

    for key in ("c", "l", "a"):
        page.keyboard.press(key)
    page.get_by_role("heading", name="1 kaart gevonden").wait_for()
    check_page(page)
    page.locator("#q").focus()
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")

    answer = page.locator("[data-answer=done]")
    expect(answer).to_contain_text("Claes Dirk")
    assert HandOver.objects.get().card == counter.cards[1]
    assert HandOver.objects.get().evidence == Evidence.CLICK
    expect(page.locator("#q")).to_be_focused()
    assert page.locator("#q").input_value() == ""
    expect(page.locator("[data-announce]")).to_have_text("Afgegeven: Claes Dirk")
    expect(page.locator("[data-counter=today]")).to_have_text("1")
    assert _sounded(page) == "done"
    check_page(page)


def test_among_several_arrows_choose(counter: Counter) -> None:
    for first in ("Aad", "Bea", "Cis"):
        make.card(make.person(counter.cards[0].card_year, "Zeeman", first), at=counter.desk.point)
    page = counter.open()

    page.keyboard.type("zee")
    page.get_by_role("heading", name="3 kaarten gevonden").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("[data-answer=done]")).to_contain_text("Zeeman Bea")
    assert HandOver.objects.get().card.person.first_name == "Bea"


def test_enter_before_the_names_came_chooses_nobody(counter: Counter) -> None:
    page = counter.open()

    page.keyboard.type("maes")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Geef af aan Maes Lore")).to_be_focused()
    assert HandOver.objects.count() == 0


def test_scans_hand_over_at_once_wherever_the_focus_is(counter: Counter) -> None:
    page = counter.open()
    page.keyboard.type(counter.cards[0].number)
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer=done]")).to_contain_text("Aerts Bo")
    page.get_by_role("button", name="Maak ongedaan").focus()

    page.keyboard.type(counter.cards[3].number)
    page.keyboard.press("Enter")

    expect(page.locator("[data-answer=done]")).to_contain_text("D'Hondt Fien")
    assert {one.card_id: one.evidence for one in HandOver.objects.all()} == {
        counter.cards[0].pk: Evidence.SCAN,
        counter.cards[3].pk: Evidence.SCAN,
    }


def test_a_staff_number_shows_whose_it_is_and_hands_nothing_over(counter: Counter) -> None:
    page = counter.open()

    page.keyboard.type(counter.cards[0].person.staff_number)
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Geef af aan Aerts Bo")).to_be_focused()
    assert HandOver.objects.count() == 0


def test_pressing_twice_is_handing_over_once(counter: Counter) -> None:
    page = counter.open()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "handovers" in request.url else None)
    page.keyboard.type("jacobs")

    page.get_by_role("button", name="Geef af aan Jacobs Jef").dblclick()

    expect(page.locator("[data-answer=done]")).to_contain_text("Jacobs Jef")
    assert len(sent) == 1
    assert HandOver.objects.count() == 1


def test_undo_beside_the_answer(counter: Counter) -> None:
    page = counter.open()
    counter.hand_over(counter.cards[4])

    page.get_by_role("button", name="Maak ongedaan").click()

    expect(page.locator("[data-answer=undone]")).to_contain_text("Goossens Gust: de kaart wacht weer in jullie bak.")
    assert Card.objects.get(pk=counter.cards[4].pk).state == CardState.ISSUED
    expect(page.locator("[data-counter=today]")).to_have_text("0")
    expect(page.locator("#q")).to_be_focused()


def test_who_was_second_hears_when_by_whom_and_how(counter: Counter, check_page: Callable[[Page], None]) -> None:
    page = counter.open()
    counter.type("lemmens")
    page.get_by_role("button", name="Geef af aan Lemmens Kaat").wait_for()
    _collected_elsewhere(counter, counter.cards[7])

    page.get_by_role("button", name="Geef af aan Lemmens Kaat").click()

    answer = page.locator("[data-answer=already]")
    expect(answer).to_contain_text("Al afgehaald")
    expect(answer).to_contain_text("Lemmens Kaat")
    expect(answer).to_contain_text("om 10.")
    expect(answer).to_contain_text("An Voorbeeld")
    assert _sounded(page) == "refused"
    assert HandOver.objects.count() == 1
    check_page(page)


def _collected_elsewhere(counter: Counter, card: Card) -> None:
    """A colleague at another computer of the same library was first."""
    desk = make.member(counter.desk.point)
    hand_overs.mark(
        uuid.uuid4(),
        card_number=card.number,
        desks={desk.point.pk: desk},
        by=desk.user,
        at=NOW,
        evidence=Evidence.SCAN,
    )


def test_a_card_of_another_point_is_answered_by_the_server(counter: Counter) -> None:
    other = make.point("bib-ginder", year=2027, name="Bibliotheek Ginder")
    card = make.card(make.person(counter.cards[0].card_year, "Elders", "Eva"), at=other)
    CardYear.objects.update(last_run_at=NOW, reference_date=NOW.date())
    page = counter.open()

    page.keyboard.type(card.number)
    page.keyboard.press("Enter")

    expect(page.locator("[data-answer=elsewhere]")).to_contain_text("Bibliotheek Ginder")
    assert "Elders" not in page.content()
    assert page.url == counter.url


def test_a_national_register_number_is_called_that_while_typing_and_after_enter(counter: Counter) -> None:
    page = counter.open()
    answer = page.locator("[data-desk-result]")

    page.keyboard.type("85.07.30-033.28")
    expect(answer).to_contain_text("Dit lijkt een rijksregisternummer.")
    typed = answer.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("")

    expect(answer).to_contain_text("Dit lijkt een rijksregisternummer.")
    assert [part in typed + answer.inner_text() for part in ("8507", "85.07", "033")] == [False] * 3
    assert (Reading.objects.filter(kind=ReadingKind.SEARCH).count(), page.url) == (0, counter.url)


def test_a_slip_of_the_finger_stays_selected_and_a_scan_takes_its_place(
    counter: Counter, check_page: Callable[[Page], None]
) -> None:
    page = counter.open()
    typed = "16203040857"

    page.keyboard.type(typed)
    page.keyboard.press("Enter")

    expect(page.locator("[data-answer=error]")).to_be_visible()
    expect(page.locator("#q")).to_have_value(typed)
    expect(page.locator("#q")).to_be_focused()
    assert (_selected(page), page.url) == (typed, counter.url)
    check_page(page)
    page.keyboard.type(counter.cards[0].number)
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer=done]")).to_contain_text("Aerts Bo")


def test_nobody_found_is_no_error(counter: Counter, check_page: Callable[[Page], None]) -> None:
    page = counter.open()

    page.keyboard.type("quaghebeur")
    answer = page.locator("[data-answer]").first
    expect(answer).to_contain_text("Niemand gevonden")
    page.keyboard.press("Enter")
    page.wait_for_function("() => getSelection().toString() === 'quaghebeur'")

    assert answer.get_attribute("data-answer") == "none"
    assert "calm" in (answer.get_attribute("class") or "").split()
    check_page(page)


def _selected(page: Page) -> str:
    return str(page.locator("#q").evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)"))


def test_nothing_typed_comes_into_an_address(counter: Counter) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url.lower())

    counter.context.on("request", note)
    page = counter.open()
    counter.hand_over(counter.cards[5])
    page.keyboard.type(counter.cards[6].person.staff_number)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Geef af aan Jacobs Jef").wait_for()

    urls = " ".join(asked)

    secrets = [card.number for card in counter.cards] + [card.person.staff_number for card in counter.cards]
    assert [one for one in [*secrets, "hermans", "jacobs"] if one in urls] == []


def test_silence_is_remembered(counter: Counter) -> None:
    page = counter.open()
    page.get_by_role("button", name="Geluid: aan").click()
    counter.open()

    counter.hand_over(counter.cards[0])

    expect(page.get_by_role("button", name="Geluid: uit")).to_be_visible()
    assert _sounded(page) is None


@pytest.mark.parametrize("module", ["main", "search"])
def test_without_a_module_the_page_works_as_without_a_script(counter: Counter, module: str) -> None:
    page = counter.page
    page.route(f"**/desk/{module}.js", lambda route: route.abort())
    page.goto(counter.url)

    page.keyboard.type("maes")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Geef af aan Maes Lore").click()

    expect(page.locator("[data-answer=done]")).to_contain_text("Maes Lore")
    assert HandOver.objects.get().card == counter.cards[8]


def test_an_api_that_fails_leaves_the_ordinary_form(counter: Counter) -> None:
    page = counter.open()
    page.route("**/api/v1/desk/cards/", lambda route: route.fulfill(status=500, json={}))

    page.keyboard.type("maes")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Geef af aan Maes Lore")).to_be_visible()


def test_camera_scans_where_the_browser_can(counter: Counter) -> None:
    counter.page.add_init_script(f"({SCANNER})('{counter.cards[2].number}')")
    page = counter.open()

    page.get_by_role("button", name="Scan met de camera").click()

    expect(page.locator("[data-answer=done]")).to_contain_text("De Smet Elif")
    expect(page.locator("dialog")).to_be_hidden()
    assert HandOver.objects.get().evidence == Evidence.SCAN


def test_no_camera_button_where_the_browser_gives_no_camera(counter: Counter) -> None:
    page = counter.page
    page.add_init_script("delete MediaDevices.prototype.getUserMedia")
    counter.open()

    expect(page.get_by_role("button", name="Geluid: aan")).to_be_visible()
    assert page.get_by_role("button", name="Scan met de camera").count() == 0
    expect(page.get_by_label("Foto van de kaart")).to_be_visible()


def test_a_session_that_ended_keeps_the_hand_over_until_the_next_login(counter: Counter) -> None:
    page = counter.open()
    counter.type("wouters")
    button = page.get_by_role("button", name="Geef af aan Wouters Çelik")
    button.wait_for()
    counter.context.clear_cookies()

    button.click()
    expect(page.get_by_text("Je bent niet meer ingelogd.")).to_be_visible()
    counter.wait_for_status("Met netwerk · 1 te versturen")
    assert HandOver.objects.count() == 0
    desks.log_in(counter.context, counter.site, counter.desk)
    page.goto(counter.url)

    counter.wait_for_status("Met netwerk · 0 te versturen")
    assert HandOver.objects.get().card == counter.cards[11]


def test_names_are_cut_in_words_as_on_the_server(counter: Counter) -> None:
    page = counter.open()

    plain = page.evaluate(
        "(names) => import('/static/lerarenkaart/desk/search.js').then((search) => names.map(search.plain))",
        list(NAMES),
    )

    assert plain == [name_order.search_prefix(name) for name in NAMES]


def test_a_slow_answer_of_an_earlier_letter_is_not_shown(counter: Counter) -> None:
    page = counter.open()
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/v1/desk/cards/", hold_the_first)
    page.keyboard.type("mae")
    page.wait_for_timeout(300)
    page.locator("#q").fill("peeters")
    page.get_by_role("button", name="Geef af aan Peeters Mo").wait_for()
    held[0].continue_()
    page.wait_for_timeout(300)

    assert page.locator("li[data-card]").count() == 1
    assert page.get_by_role("button", name="Geef af aan Peeters Mo").is_visible()
