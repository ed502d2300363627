"""The chain over readings: whatever is touched is found, and what goes at its time leaves it whole (hardening.md T05)."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from distribution.actions import reading_seals
from distribution.enums import ReadingKind
from distribution.models import Reading, ReadingSeal
from distribution.queries import audit
from distribution.queries.audit import Audit, Fault
from distribution.rules import seals
from pickup_points.models import User
from tests import make
from tests.conftest import NOW

SECRET = "een-sleutel-voor-deze-proef"
TRIALS = 100
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def user(db: None) -> User:
    return make.new_user()


def look(user: User, *, at: dt.datetime = NOW, **fields: Any) -> Reading:
    known = {"kind": ReadingKind.SEARCH, "cards": [3, 5], "count": 2, "term_hash": "ab" * 32, "reason": "belt zelf"}
    return Reading.objects.create(by=user, at=at, **(known | fields))


def seal(at: dt.datetime = NOW) -> int:
    return reading_seals.seal(at=at, secret=SECRET)


def verify(
    *,
    at: dt.datetime = NOW,
    words_before: dt.datetime = NOW - 30 * DAY,
    readings_before: dt.datetime = NOW - 400 * DAY,
    **options: Any,
) -> Audit:
    return audit.verify(secret=SECRET, at=at, words_before=words_before, readings_before=readings_before, **options)


def faults(found: Audit) -> list[tuple[int, Fault]]:
    return [(one.number, one.fault) for one in found.findings]


def test_seal_puts_every_reading_under_the_chain_once(user: User) -> None:
    for _ in range(3):
        look(user)

    assert (seal(), seal(), Reading.objects.filter(seal=None).count()) == (3, 0, 0)

    look(user)
    assert seal() == 1
    found = verify()
    assert (found.seals, found.readings, found.unsealed, found.findings) == (2, 4, 0, ())


def test_a_seal_spans_a_day_at_most(user: User) -> None:
    for days in (9, 8, 8, 0):
        look(user, at=NOW - days * DAY)

    seal()

    assert list(ReadingSeal.objects.values_list("number", "count")) == [(1, 1), (2, 2), (3, 1)]
    assert verify().findings == ()


def test_the_seal_of_an_older_moment_that_was_committed_later_comes_in_the_next(user: User) -> None:
    look(user)
    seal()
    look(user, at=NOW - MINUTE)

    assert (seal(), verify().findings) == (1, ())


CHANGES: list[dict[str, Any]] = [
    {"at": NOW - MINUTE / 2},
    {"kind": ReadingKind.LIST},
    {"cards": [3]},
    {"cards": [5, 3]},
    {"cards": []},
    {"count": 1},
    {"point": "point"},
    {"by": "user"},
    {"reason": "iets anders"},
    {"reason": ""},
    {"term_hash": "cd" * 32},
    {"seal": None},
    {"seal": "another"},
]


@pytest.mark.parametrize("dice", [pytest.param(random.Random(5), id="T05")])
def test_verify_finds_any_change_or_removal_of_any_reading(user: User, dice: random.Random) -> None:
    point, stranger = make.point(), make.new_user()
    keys = []
    for _ in range(8):
        keys += [look(user, at=NOW - dice.randint(1, 60) * MINUTE).pk for _ in range(dice.randint(1, 6))]
        seal()
    assert verify().findings == ()
    found = 0

    for _ in range(TRIALS):
        key, change = dice.choice(keys), dice.choice([None, *CHANGES])
        with transaction.atomic():
            row = Reading.objects.filter(pk=key)
            number = row.values_list("seal__number", flat=True).get()
            if change is None:
                row.delete()
            else:
                others = ReadingSeal.objects.exclude(number=number)
                named = {"point": point, "user": stranger, "another": others.first()}
                # A value is a name in one case only: that of something made here.
                row.update(
                    **{
                        field: named.get(value, value)
                        if isinstance(value, str) and field in {"point", "by", "seal"}
                        else value
                        for field, value in change.items()
                    }
                )
            found += number in {one.number for one in verify(at=NOW).findings}
            transaction.set_rollback(True)

    assert found == TRIALS


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"count": 9}, Fault.SEAL),
        ({"until": NOW - DAY}, Fault.SEAL),
        ({"at": NOW - DAY}, Fault.SEAL),
        ({"rows_digest": "0" * 64}, Fault.SEAL),
        ({"words_key": "0" * 64}, Fault.WORDS),
        ({"rows_gone_at": NOW}, Fault.TOO_EARLY),
        ({"words_gone_at": NOW}, Fault.TOO_EARLY),
    ],
)
def test_verify_finds_a_seal_that_was_touched(user: User, change: dict[str, Any], expected: Fault) -> None:
    for _ in range(3):
        look(user)
        seal()

    ReadingSeal.objects.filter(number=2).update(**change)

    assert (2, expected) in faults(verify())


def test_verify_finds_a_seal_that_is_gone_and_readings_that_were_taken_out(user: User) -> None:
    for _ in range(3):
        look(user)
        seal()
    latest = ReadingSeal.objects.get(number=3).digest

    Reading.objects.filter(seal__number=2).update(seal=None)
    ReadingSeal.objects.filter(number=2).delete()
    assert faults(verify(at=NOW + 3 * DAY)) == [(2, Fault.MISSING), (3, Fault.SEAL), (4, Fault.UNSEALED)]

    Reading.objects.filter(seal__number=3).delete()
    ReadingSeal.objects.filter(number=3).delete()
    assert verify(digest=latest).has_digest is False


def test_verify_finds_a_chain_made_again_without_the_key(user: User) -> None:
    look(user)
    reading_seals.seal(at=NOW, secret="een andere sleutel")

    assert faults(verify()) == [(1, Fault.SEAL), (1, Fault.ROWS)]


def test_a_digest_written_down_is_found_again_as_people_write_it(user: User) -> None:
    look(user)
    seal()
    written = seals.written(ReadingSeal.objects.get().digest)
    look(user)
    seal()

    assert verify(digest=f" {written.upper()}\n").has_digest is True
    assert verify(digest="0" * 64).has_digest is False
    assert verify().has_digest is None


def test_what_was_typed_goes_at_its_time_and_the_chain_still_fits(user: User) -> None:
    look(user, at=NOW - 31 * DAY)
    look(user, at=NOW - 29 * DAY)
    seal()

    gone = [reading_seals.forget_words(NOW - 30 * DAY, at=NOW) for _ in range(2)]

    assert gone == [1, 0]
    assert list(Reading.objects.values_list("reason", "term_hash")) == [("", ""), ("belt zelf", "ab" * 32)]
    assert ReadingSeal.objects.get(number=1).words_key == ""
    assert verify().findings == ()
    Reading.objects.filter(seal__number=1).update(cards=[])
    assert faults(verify()) == [(1, Fault.ROWS)]
    Reading.objects.filter(seal__number=1).update(cards=[3, 5], reason="verzonnen")
    assert faults(verify()) == [(1, Fault.NOT_GONE)]


def test_readings_go_at_their_time_and_the_chain_still_fits(user: User) -> None:
    look(user, at=NOW - 401 * DAY)
    look(user, at=NOW - 399 * DAY)
    seal()
    reading_seals.forget_words(NOW - 30 * DAY, at=NOW)

    gone = [reading_seals.forget_readings(NOW - 400 * DAY, at=NOW) for _ in range(2)]

    assert gone == [1, 0]
    found = verify()
    assert (found.seals, found.readings, found.gone, found.findings) == (2, 1, 1, ())
    look(user, seal=ReadingSeal.objects.get(number=1))
    assert faults(verify()) == [(1, Fault.NOT_GONE)]


def test_readings_nobody_sealed_are_told(user: User) -> None:
    look(user, at=NOW - 3 * dt.timedelta(hours=1))

    assert faults(verify()) == [(1, Fault.UNSEALED)]
    assert faults(verify(at=NOW - 2 * dt.timedelta(hours=1))) == []


def test_an_empty_log_has_nothing_wrong(db: None) -> None:
    found = verify()

    assert (found.seals, found.latest, found.findings) == (0, "", ())


@pytest.mark.django_db(transaction=True)
def test_workers_that_seal_at_once_make_one_chain_while_desks_go_on() -> None:
    user = make.new_user()
    for _ in range(20):
        look(user)

    def work(_: int) -> int:
        try:
            sealed = 0
            for _ in range(4):
                look(user)
                sealed += seal()
            return sealed
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        sealed = sum(workers.map(work, range(4)))
    sealed += seal()

    assert sealed == 36
    found = verify()
    assert (found.readings, found.unsealed, found.findings) == (36, 0, ())
