"""Counting for the limiter: on Redis when there is one, on the database when there is none or it is away.

Every change is one step of the store itself (a Lua script, or one INSERT … ON CONFLICT … RETURNING):
64 questions at the same moment count as 64.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import redis
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from distribution.models import LookupCounter, bulk

log = logging.getLogger(__name__)
REDIS_TIMEOUT_SECONDS = 0.2
# So long Redis is left alone after it did not answer: a hung one costs one visitor 0.2 s, not all of them.
AWAY_SECONDS = 5.0


class Change(NamedTuple):
    """Add `amount` (may be negative or 0) to a key; its window of `seconds` begins when it counts from nothing."""

    key: str
    amount: int
    seconds: int


class Count(NamedTuple):
    """What a key stands at after the change, and when its window ends."""

    value: int
    ends_at: dt.datetime


class Counters(Protocol):
    def add(self, changes: Iterable[Change], *, at: dt.datetime) -> list[Count]:
        """Make all changes in one step and return the counts in the same order. Keys are distinct."""
        ...


class DatabaseCounters:
    """One statement for all keys. Rows are touched in the order of their keys, so two statements never wait for each other."""

    def add(self, changes: Iterable[Change], *, at: dt.datetime) -> list[Count]:
        asked = list(changes)
        parameters: list[Any] = []
        for change in sorted(asked):
            parameters += [change.key, self._moment(at + dt.timedelta(seconds=change.seconds)), change.amount]
        now = self._moment(at)
        table = bulk.table(LookupCounter)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} AS held (key, window_ends_at, count) "
                f"VALUES {', '.join(['(%s, %s, %s)'] * len(asked))} "
                "ON CONFLICT (key) DO UPDATE SET "
                "count = CASE WHEN held.window_ends_at <= %s OR held.count <= 0 "
                "THEN excluded.count ELSE held.count + excluded.count END, "
                "window_ends_at = CASE WHEN held.window_ends_at <= %s OR held.count <= 0 "
                "THEN excluded.window_ends_at ELSE held.window_ends_at END "
                "RETURNING key, count, window_ends_at",
                [*parameters, now, now],
            )
            found = {key: Count(max(count, 0), _aware(ends_at)) for key, count, ends_at in cursor.fetchall()}
        return [found[change.key] for change in asked]

    def _moment(self, at: dt.datetime) -> Any:
        return connection.ops.adapt_datetimefield_value(at)


def _aware(moment: dt.datetime) -> dt.datetime:
    """SQLite keeps moments without their offset: those of UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


# The window's end travels in the value, so that it follows the clock of the question and not that of Redis.
SCRIPT = """
local now = tonumber(ARGV[1])
local answer = {}
for i, key in ipairs(KEYS) do
  local amount, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local held = redis.call('HMGET', key, 'n', 'e')
  local count, ends = tonumber(held[1]) or 0, tonumber(held[2]) or 0
  if count <= 0 or ends <= now then
    count, ends = 0, now + window
  end
  if amount ~= 0 then
    count = math.max(0, count + amount)
    redis.call('HSET', key, 'n', count, 'e', ends)
    redis.call('PEXPIRE', key, window)
  end
  answer[2 * i - 1], answer[2 * i] = count, tostring(ends)
end
return answer
"""


class RedisCounters:
    """The same on Redis. When it refuses, hangs or stumbles the question goes to the database instead: no visitor notices."""

    def __init__(self, url: str, *, otherwise: Counters) -> None:
        client = redis.Redis.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._script = client.register_script(SCRIPT)
        self._otherwise = otherwise
        self._away_until = 0.0
        self._trying = threading.Lock()

    def add(self, changes: Iterable[Change], *, at: dt.datetime) -> list[Count]:
        asked = list(changes)
        if time.monotonic() < self._away_until:
            return self._otherwise.add(asked, at=at)
        # After an absence one visitor tries Redis; the others do not wait for the outcome.
        recovering = self._away_until > 0
        if recovering and not self._trying.acquire(blocking=False):
            return self._otherwise.add(asked, at=at)
        try:
            counts = self._ask(asked, at)
        except redis.RedisError as error:
            log.warning("Redis does not answer the limiter (%s): counting on the database.", type(error).__name__)
            self._away_until = time.monotonic() + AWAY_SECONDS
            return self._otherwise.add(asked, at=at)
        else:
            self._away_until = 0.0
            return counts
        finally:
            if recovering:
                self._trying.release()

    def _ask(self, asked: list[Change], at: dt.datetime) -> list[Count]:
        now = round(at.timestamp() * 1000)
        arguments = [now]
        for change in asked:
            arguments += [change.amount, change.seconds * 1000]
        answer = self._script(keys=[f"lookup:{change.key}" for change in asked], args=arguments)
        return [
            Count(int(answer[place]), dt.datetime.fromtimestamp(float(answer[place + 1]) / 1000, dt.UTC))
            for place in range(0, len(answer), 2)
        ]


@lru_cache(maxsize=8)
def get(redis_url: str) -> Counters:
    """The counters of this process: on Redis when its URL is given."""
    on_database = DatabaseCounters()
    return RedisCounters(redis_url, otherwise=on_database) if redis_url else on_database
