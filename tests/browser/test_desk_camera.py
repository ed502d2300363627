"""A card before the camera of a browser that reads no codes itself: camera, frame, server, number, hand-over. All of it real.

The camera is Chromium's own for tests: it plays a film, which is a card that is drawn here.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.enums import Evidence
from distribution.intake import pictures
from distribution.intake.pictures import FRAME
from distribution.models import Card, CardYear, HandOver
from tests import card_pictures, make
from tests.browser import desks
from tests.browser.conftest import CHROMIUM, FLAGS, PHONE, Watched
from tests.browser.desks import Counter
from tests.card_pictures import bars, card, file, held, qr

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("today", "fresh_counters"),
]
CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SCAN = "Scan met de camera"
# A dialog tells that it closed a moment after it is gone.
CAMERA_IS_OFF = "document.querySelector('[data-camera] video').srcObject === null"
# Lets a test say that it is later, for what is measured and not waited for.
SKIP = """() => {
  const now = performance.now.bind(performance);
  globalThis.skip = 0;
  performance.now = () => now() + globalThis.skip;
}"""


@dataclass
class Film:
    """What the camera sees: set before the browser opens."""

    path: Path
    browser: Browser

    def show(self, *frames: bytes) -> None:
        self.path.write_bytes(b"".join(frames))


@pytest.fixture
def film(chromium: Browser, tmp_path: Path) -> Iterator[Film]:
    """A browser of its own: which film it plays is told when it is started."""
    path = tmp_path / "camera.mjpeg"
    path.write_bytes(file(card_pictures.nothing((1280, 960))))
    flags = [*FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={path}"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    yield Film(path, browser)
    browser.close()


@pytest.fixture
def context(film: Film) -> Iterator[BrowserContext]:
    """As the other visitors, and one who may use the camera."""
    context = film.browser.new_context(locale="nl-BE", timezone_id="Europe/Brussels", viewport=PHONE)  # type: ignore[arg-type]
    # No browser of these tests reads codes itself; should it learn to, what is tried here is still the server.
    context.add_init_script("delete globalThis.BarcodeDetector")
    yield context
    context.close()


@pytest.fixture
def counter(page: Page, context: BrowserContext, live_server: LiveServer, card_year: CardYear) -> Counter:
    return desks.counter(page, context, live_server, card_year)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How large each frame was that came to the server to be read."""
    sizes: list[int] = []
    read = pictures.number_on

    def noted(content: bytes, *, bounds: pictures.Bounds) -> str | None:
        sizes.append(len(content))
        return read(content, bounds=bounds)

    monkeypatch.setattr(pictures, "number_on", noted)
    return sizes


def wait_for_looks(page: Page, looks: list[int], more: int = 1) -> None:
    """So many frames more have come."""
    wanted = len(looks) + more
    for _ in range(200):
        if len(looks) >= wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"only {len(looks)} of {wanted} frames came")


def seen(shown: Card, code: Callable[[str], Image.Image] = qr) -> bytes:
    """The card as a camera has it: a little turned, tilted and not quite sharp."""
    return file(held(card(code(shown.number)), (1280, 960), turned=7, tilted=0.15, blurred=1.2))


@pytest.mark.parametrize("code", [qr, bars])
def test_a_card_held_before_the_camera_is_handed_over(
    counter: Counter,
    film: Film,
    watched: Watched,
    code: Callable[[str], Image.Image],
    looks: list[int],
) -> None:
    film.show(seen(counter.cards[2], code))
    page = counter.open()

    page.get_by_role("button", name=SCAN).click()

    expect(page.locator("[data-answer=done]")).to_contain_text("De Smet Elif")
    expect(page.locator("dialog")).to_be_hidden()
    given = HandOver.objects.get()
    assert (given.card, given.evidence) == (counter.cards[2], Evidence.SCAN)
    assert 20_000 < max(looks) < FRAME.most_bytes / 2
    assert watched.complaints == []


def test_no_more_than_three_looks_a_second_and_an_end_to_it(
    counter: Counter, watched: Watched, looks: list[int]
) -> None:
    page = counter.open()
    page.evaluate(SKIP)
    page.get_by_role("button", name=SCAN).click()
    wait_for_looks(page, looks)
    before = len(looks)
    began = time.monotonic()
    page.wait_for_timeout(3_000)
    seconds = time.monotonic() - began

    assert 1 <= len(looks) - before <= 3 * seconds + 1
    assert page.locator("[data-camera] [data-slot=words]").inner_text() == ""
    page.evaluate("globalThis.skip = 61000")
    expect(page.locator("[data-desk-result]")).to_contain_text("De camera zag geen kaart")
    expect(page.locator("dialog")).to_be_hidden()
    page.wait_for_function(CAMERA_IS_OFF)
    assert watched.complaints == []


def test_without_a_network_the_camera_says_to_type_and_goes_on_after(counter: Counter, looks: list[int]) -> None:
    page = counter.open()
    page.get_by_role("button", name=SCAN).click()
    wait_for_looks(page, looks)
    counter.cut()

    words = page.locator("[data-camera] [data-slot=words]")
    expect(words).to_have_text("Geen netwerk: typ het nummer, of de naam.")
    counter.mend()
    expect(words).to_have_text("")
    wait_for_looks(page, looks)


def test_the_dialog_is_reached_and_left_with_keys(
    counter: Counter, check_page: Callable[[Page], None], looks: list[int]
) -> None:
    page = counter.open()
    button = page.get_by_role("button", name=SCAN)
    button.focus()
    page.keyboard.press("Enter")
    wait_for_looks(page, looks)
    expect(page.get_by_role("dialog", name="Hou de kaart voor de camera")).to_be_visible()
    check_page(page)

    page.keyboard.press("Escape")

    expect(page.locator("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    page.wait_for_function(CAMERA_IS_OFF)


def test_one_way_to_use_the_camera_at_a_time(counter: Counter) -> None:
    page = counter.open()

    expect(page.get_by_role("button", name=SCAN)).to_be_visible()
    expect(page.get_by_label("Foto van de kaart")).to_be_hidden()


def test_who_refuses_the_camera_can_send_a_photo(counter: Counter, check_page: Callable[[Page], None]) -> None:
    counter.page.add_init_script("MediaDevices.prototype.getUserMedia = async () => { throw new Error('neen'); }")
    page = counter.open()

    page.get_by_role("button", name=SCAN).click()

    expect(page.locator("[data-desk-result]")).to_contain_text("De camera is niet beschikbaar")
    expect(page.get_by_label("Foto van de kaart")).to_be_visible()
    check_page(page)


def test_without_a_script_a_photo_does_it(
    chromium: Browser, live_server: LiveServer, card_year: CardYear, tmp_path: Path, check_page: Callable[[Page], None]
) -> None:
    desk = make.member(make.point("bib-balie", year=card_year.year, name="Bibliotheek De Leeshoek"))
    waiting = make.card(make.person(card_year, "De Smet", "Elif"), at=desk.point)
    photo = tmp_path / "IMG_0001.jpg"
    # As large as phones make them.
    photo.write_bytes(file(held(card(bars(waiting.number)), (4000, 3000), turned=35, share=0.5, blurred=2)))
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE", viewport=PHONE)  # type: ignore[arg-type]
    desks.log_in(bare, live_server, desk)
    page = bare.new_page()
    page.goto(f"{live_server.url}/balie/bib-balie/")
    assert page.get_by_role("button", name=SCAN).count() == 0
    field = page.get_by_label("Foto van de kaart")
    assert [field.get_attribute(name) for name in ("accept", "capture")] == ["image/*", "environment"]

    field.set_input_files(photo)
    page.get_by_role("button", name="Lees de foto").click()

    expect(page.get_by_role("heading", name="Afgegeven")).to_be_visible()
    expect(page.locator("main")).to_contain_text("De Smet Elif")
    assert HandOver.objects.get().evidence == Evidence.SCAN
    assert page.url == f"{live_server.url}/balie/bib-balie/"
    bare.close()


def test_the_page_with_the_form_is_as_accessible_as_the_others(
    counter: Counter, check_page: Callable[[Page], None], tmp_path: Path
) -> None:
    page = counter.page
    page.add_init_script("delete MediaDevices.prototype.getUserMedia")
    counter.open()
    check_page(page)
    empty = tmp_path / "tafel.jpg"
    empty.write_bytes(file(card_pictures.nothing((1600, 1200))))

    field = page.get_by_label("Foto van de kaart")
    field.focus()
    field.set_input_files(empty)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Lees de foto")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("Op deze foto lezen we geen nummer.")
    check_page(page)
