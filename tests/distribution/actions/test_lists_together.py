"""The lists of one job drawn by several workers: each once, the same ZIP, and nobody who dies, fails or is full stops the others."""

import datetime as dt
import errno
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from distribution import tasks
from distribution.actions import job_year, jobs, lists_together, pickup_lists, writing_files
from distribution.actions.lists_together import Gathered
from distribution.documents import pickup_list, pickup_list_files
from distribution.enums import JobKind, JobState
from distribution.models import CardYear, DrawnList, Job
from distribution.queries import stored_files
from distribution.queries.pickup_lists import Sheet, headings
from tests import make
from tests.distribution import office_year
from tests.distribution.actions.test_hand_overs_races import at_once
from tests.pickup_sheets import MAIL

pytestmark = pytest.mark.django_db
CODES = ["bib-a", "bib-b", "bib-c", "bib-d", "bib-e"]
NAMES = [f"{code}-2027-r1-voorlopig.pdf" for code in CODES]


@pytest.fixture
def year(card_year: CardYear, now: dt.datetime) -> CardYear:
    """Five points with a card each."""
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=now, reference_date=now.date())
    for code in CODES:
        make.card(make.person(card_year), at=make.point(code, year=2027))
    return CardYear.objects.get(pk=card_year.pk)


@pytest.fixture
def lists(year: CardYear, now: dt.datetime) -> list[int]:
    return pickup_lists.make(year, at=now)


@pytest.fixture
def job(year: CardYear) -> Job:
    """A job that a worker took."""
    return taken(ask(year))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The points whose list was drawn, in turn."""
    codes: list[str] = []
    render = pickup_list.render

    def seen(sheet: Sheet, *, office_email: str) -> bytes:
        codes.append(sheet.point_code)
        return render(sheet, office_email=office_email)

    monkeypatch.setattr(pickup_list, "render", seen)
    return codes


def ask(card_year: CardYear, **options: Any) -> Job:
    return jobs.ask(JobKind.LISTS, card_year=card_year, by=office_year.klasse(), at=timezone.now(), options=options)


def taken(job: Job) -> Job:
    found = jobs.claim(job.pk, owner="werker", at=timezone.now())
    assert found
    return found


def help_out(job_id: int) -> None:
    lists_together.help_out(job_id, office_email=MAIL, seconds=60)


def gather(job: Job, lists: list[int], folder: Path, *, ring: Any = lambda job_id: None) -> Gathered:
    return lists_together.gather(
        job, lists, zipped=folder / "uit.zip", office_email=MAIL, ring=ring, progress=lambda done, total: None
    )


def inside(folder: Path) -> list[str]:
    with zipfile.ZipFile(folder / "uit.zip") as made:
        assert made.testzip() is None
        return made.namelist()


def let_the_minute_pass(**which: Any) -> None:
    DrawnList.objects.filter(drawn_at=None, **which).update(leased_until=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize("options", [{}, {"xlsx": True}])
def test_the_same_zip_as_from_one_process(
    year: CardYear, monkeypatch: pytest.MonkeyPatch, settings: Any, options: dict[str, bool]
) -> None:
    settings.OFFICE_EMAIL = MAIL
    alone = ask(year, **options)
    tasks.do_job(alone.pk)
    keeping = job_year.Keeping(days=1, workers=1, office_email=MAIL, ring=help_out)
    monkeypatch.setattr(tasks, "_keeping", lambda: keeping)
    together = ask(year, **options)
    tasks.do_job(together.pk)

    one, other = (Job.objects.get(pk=job.pk) for job in (alone, together))
    assert (one.state, other.state) == (JobState.DONE, JobState.DONE), other.sentence
    assert one.result | {"again": 0} == other.result
    contents = [b"".join(stored_files.pieces(job.files.get())) for job in (one, other)]
    assert contents[0] == contents[1]
    with zipfile.ZipFile(io.BytesIO(contents[1])) as made:
        assert len(made.namelist()) == len(CODES) * (2 if options else 1)


def test_without_help_the_own_worker_draws_them_all(
    job: Job, lists: list[int], tmp_path: Path, drawn: list[str]
) -> None:
    rung: list[int] = []

    assert gather(job, lists, tmp_path, ring=rung.append) == Gathered(lists=5, rows=5)
    assert (rung, drawn, inside(tmp_path)) == ([job.pk], CODES, NAMES)


def test_each_list_is_drawn_once_however_many_help(
    job: Job, lists: list[int], tmp_path: Path, drawn: list[str]
) -> None:
    def ring(job_id: int) -> None:
        lists_together.help_out(job_id, office_email=MAIL, seconds=0)
        lists_together.help_out(job_id, office_email=MAIL, seconds=0)

    assert gather(job, lists, tmp_path, ring=ring) == Gathered(lists=5, rows=5)
    assert (drawn, inside(tmp_path)) == (CODES, NAMES)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_draw_each_list_once(
    job: Job, lists: list[int], tmp_path: Path, drawn: list[str]
) -> None:
    lists_together._plan(job, headings(lists))

    at_once(lambda turn: help_out(job.pk))

    assert (sorted(drawn), gather(job, lists, tmp_path)) == (CODES, Gathered(lists=5, rows=5))


def test_few_lists_call_nobody(job: Job, lists: list[int], tmp_path: Path) -> None:
    rung: list[int] = []
    gather(job, lists[:3], tmp_path, ring=rung.append)
    assert rung == []


def test_a_helper_that_dies_costs_the_list_in_its_hands(
    job: Job, lists: list[int], tmp_path: Path, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(job_id: int) -> None:
        lists_together.draw_one(job, office_email=MAIL)
        lists_together._take(job)

    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        assert drawn == ["bib-a", "bib-c", "bib-d", "bib-e"], (
            "the list of another is left alone as long as it may be drawn"
        )
        let_the_minute_pass()

    monkeypatch.setattr("distribution.actions.lists_together.time.sleep", wait)

    assert gather(job, lists, tmp_path, ring=dies) == Gathered(lists=5, rows=5, again=1)
    assert (len(waits), drawn[-1], inside(tmp_path)) == (1, "bib-b", NAMES)


def test_another_worker_takes_over_and_draws_what_is_missing(
    job: Job, lists: list[int], tmp_path: Path, drawn: list[str]
) -> None:
    class PowerCut(BaseException):
        pass

    def stops(job_id: int) -> None:
        for _ in range(3):
            lists_together.draw_one(job, office_email=MAIL)
        raise PowerCut

    with pytest.raises(PowerCut):
        gather(job, lists, tmp_path, ring=stops)

    assert gather(job, lists, tmp_path) == Gathered(lists=5, rows=5)
    assert (drawn, inside(tmp_path)) == (CODES, NAMES)


def test_a_list_of_which_a_new_revision_was_made_meanwhile_is_let_go(
    job: Job, lists: list[int], tmp_path: Path
) -> None:
    gather(job, lists, tmp_path)
    gather(job, lists[1:], tmp_path)
    assert (inside(tmp_path), DrawnList.objects.count()) == (NAMES[1:], 4)


def test_a_list_that_kills_its_workers_fails_and_the_others_are_there(
    job: Job, lists: list[int], tmp_path: Path
) -> None:
    def killed_twice(job_id: int) -> None:
        for _ in range(lists_together.MOST_ATTEMPTS):
            killer = lists_together._take(job)
            assert killer
            assert killer.list_id == lists[0]
            let_the_minute_pass(pk=killer.pk)

    assert gather(job, lists, tmp_path, ring=killed_twice) == Gathered(lists=5, rows=5, again=1, failed=["bib-a"])
    assert inside(tmp_path) == NAMES[1:]


def test_a_list_that_cannot_be_drawn_stops_no_other(
    job: Job, lists: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    render = pickup_list.render

    def breaks(sheet: Sheet, *, office_email: str) -> bytes:
        if sheet.point_code == "bib-c":
            raise ValueError(sheet.lines[0].last_name)
        return render(sheet, office_email=office_email)

    monkeypatch.setattr(pickup_list, "render", breaks)

    assert gather(job, lists, tmp_path) == Gathered(lists=5, rows=5, failed=["bib-c"])
    assert "bib-c-2027-r1-voorlopig.pdf" not in inside(tmp_path)
    assert "ValueError" in caplog.text
    assert "Peeters" not in caplog.text


def test_a_helper_without_room_gives_its_list_back(
    year: CardYear, lists: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = taken(ask(year, xlsx=True))

    def full(job_id: int) -> None:
        with monkeypatch.context() as patched:

            def no_room(path: Path, sheet: Sheet) -> Iterator[None]:
                raise OSError(errno.ENOSPC, "vol")

            patched.setattr(pickup_list_files, "write_sheet", no_room)
            tasks.draw_lists(job_id)
            with pytest.raises(writing_files.DiskFull):
                lists_together.draw_one(job, office_email=MAIL)

    assert gather(job, lists, tmp_path, ring=full) == Gathered(lists=5, rows=5)
    assert len(inside(tmp_path)) == 2 * len(CODES)


def test_without_room_for_all_nothing_is_begun(
    job: Job, lists: list[int], tmp_path: Path, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)

    with pytest.raises(writing_files.DiskFull, match="te weinig plaats"):
        gather(job, lists, tmp_path)

    assert (drawn, DrawnList.objects.count(), list(tmp_path.iterdir())) == ([], 0, [])


def test_a_job_that_was_ended_by_another_is_not_ours(job: Job, lists: list[int], tmp_path: Path) -> None:
    def ended(job_id: int) -> None:
        Job.objects.filter(pk=job_id).update(state=JobState.DONE, ended_at=timezone.now())
        assert lists_together.forget_ended() == 5

    with pytest.raises(jobs.NotYours):
        gather(job, lists, tmp_path, ring=ended)


def test_nobody_helps_with_what_is_over_or_asked_otherwise(job: Job, lists: list[int], tmp_path: Path) -> None:
    gather(job, lists, tmp_path)
    assert not lists_together.help_out(job.pk, office_email=MAIL, seconds=60)
    DrawnList.objects.update(drawn_at=None, pdf=None, leased_until=None, attempts=0)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=timezone.now())
    assert not lists_together.help_out(job.pk, office_email=MAIL, seconds=60)
    assert not DrawnList.objects.filter(attempts__gt=0).exists()


def test_the_sweep_lets_go_of_the_lists_of_ended_jobs_only(job: Job, lists: list[int], tmp_path: Path) -> None:
    gather(job, lists, tmp_path)
    tasks.sweep_jobs()
    # The sweep of the embedded mode takes every job for one without a worker, and it rings: still running.
    assert Job.objects.get(pk=job.pk).is_open is (DrawnList.objects.count() == 5)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, ended_at=timezone.now())
    tasks.sweep_jobs()
    assert DrawnList.objects.count() == 0


def test_a_helper_that_drew_for_a_while_stands_in_the_queue_again(
    job: Job, lists: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[object, int]] = []

    def enqueue(task: object, job_id: int) -> bool:
        rung.append((task, job_id))
        return len(rung) < 3

    monkeypatch.setattr(tasks, "enqueue", enqueue)
    monkeypatch.setattr(tasks, "HELP_SECONDS", 0.0)
    lists_together._plan(job, headings(lists))

    tasks.draw_lists(job.pk)
    assert (rung, DrawnList.objects.exclude(drawn_at=None).count()) == ([(tasks.draw_lists, job.pk)], 1)
    # Without a broker it does not go on calling.
    tasks._ring_for_lists(job.pk)
    assert len(rung) == 3
