"""Work that outlives a page: one of a kind at a time, two pairs of eyes, a worker that dies."""

import datetime as dt
import gc
import threading
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from distribution.actions import jobs, working
from distribution.actions.working import Done, Progress
from distribution.enums import JobKind, JobState
from distribution.errors import DistributionError
from distribution.models import CardYear, Job
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + jobs.LEASE + dt.timedelta(seconds=1)


class SaidNo(DistributionError):
    code = "said_no"


def ask(card_year: CardYear, *, needs_second: bool = False) -> Job:
    return jobs.ask(JobKind.RUN, card_year=card_year, by=make.new_user(), at=NOW, needs_second=needs_second)


def test_the_second_asker_is_led_to_the_first_job(card_year: CardYear) -> None:
    first = ask(card_year)
    with pytest.raises(jobs.AlreadyAsked) as refused:
        ask(card_year)

    assert refused.value.job == first
    assert Job.objects.count() == 1


def test_an_ended_job_makes_room(card_year: CardYear) -> None:
    first = ask(card_year)
    jobs.call_off(first, by=make.new_user(), at=NOW)

    assert ask(card_year).pk != first.pk


def test_nobody_agrees_with_themselves(card_year: CardYear) -> None:
    job = ask(card_year, needs_second=True)
    with pytest.raises(jobs.SameEyes):
        jobs.agree(job, by=job.asked_by, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(agreed_by=job.asked_by, agreed_at=NOW)
    assert jobs.claim(job.pk, owner="w", at=NOW) is None

    assert jobs.agree(job, by=make.new_user(), at=NOW).state == JobState.WAITING
    with pytest.raises(jobs.NothingToAgreeTo):
        jobs.agree(job, by=make.new_user(), at=NOW)


def test_what_needs_two_pairs_of_eyes_cannot_begin_without(card_year: CardYear) -> None:
    job = ask(card_year, needs_second=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=JobState.WAITING)


def test_a_bell_that_rings_twice_does_it_once(card_year: CardYear) -> None:
    job, times = ask(card_year), []

    def work(one: Job, progress: Progress) -> Done:
        times.append(one.pk)
        progress(3, 3)
        return Done({"cards": 3})

    assert working.work(job.pk, {JobKind.RUN: work}, owner="w") == "done"
    assert working.work(job.pk, {JobKind.RUN: work}, owner="v") == "nothing to do"
    job.refresh_from_db()
    assert (times, job.state, job.result) == ([job.pk], JobState.DONE, {"cards": 3})


def test_how_far_is_known_while_it_goes_on(card_year: CardYear) -> None:
    job, seen = ask(card_year), []

    def work(one: Job, progress: Progress) -> Done:
        progress(2, 10)
        seen.append(working.how_far(one))
        return Done({})

    working.work(job.pk, {JobKind.RUN: work}, owner="w")
    assert seen == [(2, 10)]
    assert working.how_far(job) == (0, 0)


def test_a_refusal_is_told_in_its_own_words(card_year: CardYear) -> None:
    job = ask(card_year)

    def work(one: Job, progress: Progress) -> Done:
        raise SaidNo("Dit kan niet.")

    assert working.work(job.pk, {JobKind.RUN: work}, owner="w") == "refused"
    job.refresh_from_db()
    assert (job.state, job.code, job.sentence) == (JobState.REFUSED, "said_no", "Dit kan niet.")


def test_what_breaks_is_told_without_its_cause(card_year: CardYear, caplog: pytest.LogCaptureFixture) -> None:
    job = ask(card_year)

    def work(one: Job, progress: Progress) -> Done:
        raise ZeroDivisionError("geheim")

    assert working.work(job.pk, {JobKind.RUN: work}, owner="w") == "failed"
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.FAILED, working.BROKE)
    assert "geheim" in caplog.text


def half_read() -> Iterator[int]:
    """An answer that is read in a transaction of its own."""
    with transaction.atomic():
        yield from range(9)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("error", "state"), [(SaidNo("Nee."), JobState.REFUSED), (OSError(), JobState.FAILED)])
def test_work_that_stops_half_way_an_answer_ends_for_good_f6(
    error: Exception, state: JobState, card_year: CardYear
) -> None:
    job = ask(card_year)

    def work(one: Job, progress: Progress) -> Done:
        answer = half_read()
        next(answer)
        raise error

    working.work(job.pk, {JobKind.RUN: work}, owner="w")
    # Whatever was still open is closed by now.
    error.__traceback__ = None
    gc.collect()
    job.refresh_from_db()
    assert job.state == state


@pytest.mark.parametrize("error", [SaidNo("Nee."), ZeroDivisionError()])
def test_work_that_fails_after_it_was_taken_over_says_nothing_f9(error: Exception, card_year: CardYear) -> None:
    job = ask(card_year)

    def work(one: Job, progress: Progress) -> Done:
        Job.objects.filter(pk=one.pk).update(owner="another", attempts=2)
        raise error

    assert working.work(job.pk, {JobKind.RUN: work}, owner="w") == "not ours"
    job.refresh_from_db()
    assert (job.state, job.owner) == (JobState.RUNNING, "another")


def test_a_silent_worker_loses_its_job_and_cannot_end_it(card_year: CardYear) -> None:
    job = ask(card_year)
    first = jobs.claim(job.pk, owner="one", at=NOW)
    assert first is not None
    assert jobs.claim(job.pk, owner="two", at=NOW) is None
    assert jobs.sweep(at=LATER) == [job.pk]
    second = jobs.claim(job.pk, owner="two", at=LATER)
    assert second is not None

    with pytest.raises(jobs.NotYours):
        jobs.beat(first, at=LATER, done=1, total=2)
    with pytest.raises(jobs.NotYours):
        jobs.finish(first, result={"late": 1}, files=[], at=LATER)
    jobs.finish(second, result={"good": 1}, files=[], at=LATER)
    job.refresh_from_db()
    assert job.result == {"good": 1}


def test_a_worker_that_beats_keeps_its_job(card_year: CardYear) -> None:
    job = jobs.claim(ask(card_year).pk, owner="one", at=NOW)
    assert job is not None
    jobs.beat(job, at=LATER, done=1, total=2)

    assert jobs.sweep(at=LATER) == []
    assert jobs.claim(job.pk, owner="two", at=LATER) is None


def test_three_silences_park_a_job(card_year: CardYear) -> None:
    job, at = ask(card_year), NOW
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(job.pk, owner="one", at=at) is not None
        at += jobs.LEASE + dt.timedelta(seconds=1)

    assert jobs.claim(job.pk, owner="one", at=at) is None
    assert jobs.sweep(at=at) == []
    job.refresh_from_db()
    assert (job.state, job.code) == (JobState.FAILED, "parked")


def test_a_bell_nobody_heard_rings_again(card_year: CardYear) -> None:
    job = ask(card_year)

    assert jobs.sweep(at=NOW) == []
    assert jobs.sweep(at=NOW + jobs.UNHEARD * 2) == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_twenty_ask_at_once_and_there_is_one_job(card_year: CardYear) -> None:
    user = make.new_user()
    seen: list[str] = []

    def one() -> None:
        try:
            jobs.ask(JobKind.RUN, card_year=card_year, by=user, at=NOW)
            seen.append("asked")
        except jobs.AlreadyAsked:
            seen.append("led to it")
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == ["asked"] + ["led to it"] * 19


@pytest.mark.django_db(transaction=True)
def test_on_postgresql_the_row_says_how_far_while_the_work_is_one_transaction(
    card_year: CardYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BEAT", 0.02)
    job, seen = ask(card_year), threading.Event()

    def look() -> None:
        for _ in range(500):
            if Job.objects.get(pk=job.pk).done == 7:
                seen.set()
                break
            threading.Event().wait(0.02)
        connection.close()

    def work(one: Job, progress: Progress) -> Done:
        with transaction.atomic():
            progress(7, 10)
            if connection.vendor == "postgresql":
                watcher = threading.Thread(target=look)
                watcher.start()
                watcher.join()
        return Done({})

    assert working.work(job.pk, {JobKind.RUN: work}, owner="w") == "done"
    assert seen.is_set() is (connection.vendor == "postgresql")
