"""/beheer/bestanden/ and /beheer/werk/ in a real Chromium: drag, look, decide, with and without JavaScript; work while one looks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution import tasks
from distribution.actions import uploads
from distribution.enums import JobKind, JobState, Source, UploadKind
from distribution.models import Appointment, CardYear, Job, Upload
from pickup_points.models import User
from tests import files, make
from tests.browser.desks import enter
from tests.conftest import NOW
from tests.corpus.build import FILES
from tests.distribution import office_year

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What a person drags in from another window: a file of this name and content, over the zone and let go.
PUBLISHED = f"jaar;totaal;met_kaart;schatting;oorzaak\n2018;100;65;1;{'Niet geteld. ' * 15}\n2019;;;;\n".encode()
DRAG = """([name, content]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([content], name, { type: "text/csv" }));
  const zone = document.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def kim(context: BrowserContext, live_server: LiveServer, card_year: CardYear, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    user = office_year.klasse()
    enter(context, live_server.url, user)
    context.set_default_timeout(20_000)
    return user


@pytest.fixture
def site(kim: User, live_server: LiveServer) -> str:
    return f"{live_server.url}/beheer/"


def work() -> None:
    """The worker does what was asked last."""
    tasks.do_job(Job.objects.latest("pk").pk)


def taken(kim: User, card_year: CardYear | None, kind: UploadKind, content: bytes, name: str) -> Upload:
    """A file that was sent in and looked at."""
    source = Source.EPD if kind == UploadKind.PERSONNEL else None
    upload, job = uploads.take([content], kind=kind, card_year=card_year, name=name, by=kim, at=NOW, source=source)
    tasks.do_job(job.pk)
    return Upload.objects.get(pk=upload.pk)


def drawing_lists(kim: User, card_year: CardYear, *, done: int, total: int) -> Job:
    """Work that a worker is at."""
    return Job.objects.create(
        kind=JobKind.LISTS,
        card_year=card_year,
        lane="lists:2027",
        state=JobState.RUNNING,
        asked_at=NOW,
        asked_by=kim,
        started_at=NOW,
        done=done,
        total=total,
    )


def test_dragged_in_looked_at_and_applied(site: str, page: Page, tmp_path: Path) -> None:
    content = files.personnel(tmp_path / "p.csv", *map(files.appointment, range(3))).read_text()
    page.goto(f"{site}bestanden/")
    page.evaluate(DRAG, ["personeel 2027.csv", content])
    expect(page.get_by_label("Personeel uit het EPD")).to_be_checked()
    expect(page.locator("[data-picked]")).to_contain_text("personeel 2027.csv, 1 kB. Aan de naam te zien: Personeel")
    page.get_by_role("button", name="Stuur in en kijk na").press("Enter")

    expect(page.locator(".work-how-far")).to_contain_text("Wacht op zijn beurt")
    work()
    # The page finds out by itself.
    expect(page.get_by_role("heading", name="Wat er zou veranderen")).to_be_visible()
    page.get_by_role("button", name="Lees in").press("Enter")
    expect(page.locator(".work-how-far")).to_contain_text("Wacht op zijn beurt")
    work()

    expect(page.get_by_text("Ingelezen op 12 januari 2027")).to_be_visible()
    assert Appointment.objects.count() == 3


def test_the_same_without_javascript(
    site: str, chromium: Browser, context: BrowserContext, tmp_path: Path, kim: User, card_year: CardYear
) -> None:
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    bare.add_cookies(context.cookies())  # type: ignore[arg-type]
    page = bare.new_page()
    page.goto(f"{site}bestanden/?jaar=2027")
    page.get_by_label("Abonnees").check(force=True)
    page.get_by_label("Kies een bestand").set_input_files(
        files.staff_numbers(tmp_path / "abonnees.csv", make.staff_number(1))
    )
    page.get_by_role("button", name="Stuur in en kijk na").click()
    assert page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count() == 1
    work()
    page.reload()
    page.get_by_role("button", name="Wijs af").click()

    expect(page.get_by_text("abonnees.csv is afgewezen en wordt niet bewaard.")).to_be_visible()
    bare.close()


def test_every_page_is_accessible_and_fits(
    site: str, page: Page, check_page: Callable[[Page], None], kim: User, card_year: CardYear, tmp_path: Path
) -> None:
    make.point("oud", year=2027, serves="9300", name="Bib Oud")
    first = taken(kim, card_year, UploadKind.PERSONNEL, (FILES / "I23.csv").read_bytes(), "personeel.csv")
    tasks.do_job(uploads.ask_apply(first, by=kim, at=NOW).pk)
    header, *rows = (FILES / "R08.csv").read_text().splitlines()
    half = "\n".join([header, *rows[:30], rows[-1]]).encode()
    points = files_example(site, page)
    sent = [
        first,
        taken(kim, card_year, UploadKind.PERSONNEL, half, "x" * 90 + ".csv"),
        taken(kim, card_year, UploadKind.POINTS, points, "afhaalpunten.csv"),
        taken(kim, None, UploadKind.HISTORY, PUBLISHED, "historiek.csv"),
        taken(kim, card_year, UploadKind.SUBSCRIBERS, b"fout\n1\n", "abonnees.csv"),
    ]
    uploads.ask_apply(sent[1], by=kim, at=NOW, reason="Klopt", needs_second=True)
    running = drawing_lists(kim, card_year, done=3, total=350)
    done = Job.objects.filter(upload=sent[1], kind=JobKind.LOOK).get()
    failed = Job.objects.create(
        kind=JobKind.RUN,
        card_year=card_year,
        lane="run:2027",
        state=JobState.FAILED,
        asked_at=NOW,
        ended_at=NOW,
        asked_by=kim,
        sentence="Er ging iets mis.",
    )
    paths = ["", "bestanden/", "werk/", *(f"bestanden/{one.pk}/" for one in sent)]
    paths += [f"werk/{one.pk}/" for one in (running, done, failed)]
    # In the dark the same pieces stand on the same colours: three pages have them all.
    shown = [("light", path) for path in paths] + [("dark", paths[place]) for place in (1, 4, 8)]
    for scheme, path in shown:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(site + path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        check_page(page)


def files_example(site: str, page: Page) -> bytes:
    """The points file of the example, as it is downloaded."""
    return page.request.get(f"{site}bestanden/voorbeeld/afhaalpunten.csv").body()


def test_work_moves_on_while_one_looks_and_leaves_the_focus_alone(
    site: str, page: Page, kim: User, card_year: CardYear
) -> None:
    job = drawing_lists(kim, card_year, done=0, total=100)
    page.goto(f"{site}werk/{job.pk}/")
    back = page.get_by_role("link", name="‹ Werk")
    back.focus()
    Job.objects.filter(pk=job.pk).update(done=60)

    expect(page.locator(".work-how-far")).to_contain_text("60 van 100, 60 %")
    expect(page.locator("[data-said]")).to_have_text("50 %")
    expect(back).to_be_focused()

    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=NOW, result={"lines": [["Lijsten", 100]]})
    # Somebody's focus is elsewhere on the page: a link, and no page that changes under their hands.
    page.get_by_role("link", name="Klaar: toon wat eruit kwam").click()
    expect(page.get_by_text("Wat eruit kwam")).to_be_visible()
