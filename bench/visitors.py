"""Visitors who come when they come, whether or not the ones before them were answered; prints what became of each.

`python -m bench.visitors`, with JSON on standard input: {"seconds": 60, "streams": [{"name", "port", "rate", "requests"}]}.
A stream sends its requests one after the other, round and round, `rate` a second at even moments with some chance
in them. A wait counts from the moment the visitor should have come: a server that stands still is seen to.
Prints {"name": {"waits": [seconds of each good answer], "failed": {"what went wrong": how often}}}.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# Under gunicorn's own five seconds, after which it hangs up on who says nothing.
KEPT = 4.0
LONGEST = 30.0
GOOD = range(200, 300)


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used_at: float = 0.0


@dataclass
class Stream:
    """One kind of visitors."""

    name: str
    port: int
    rate: float
    requests: list[str]
    waits: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    idle: list[Connection] = field(default_factory=list)

    async def come(self, until: float) -> None:
        dice = random.Random(self.name)
        began, turn = time.perf_counter(), 0
        async with asyncio.TaskGroup() as visits:
            while (due := began + (turn + dice.random()) / self.rate) < until:
                await asyncio.sleep(due - time.perf_counter())
                visits.create_task(self.visit(self.requests[turn % len(self.requests)].encode(), due))
                turn += 1
        for one in self.idle:
            one.writer.close()

    async def visit(self, request: bytes, due: float) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                status = await self._ask(request)
        except (OSError, EOFError, TimeoutError) as reason:
            self.failed[type(reason).__name__] += 1
            return
        if status in GOOD:
            self.waits.append(time.perf_counter() - due)
        else:
            self.failed[str(status)] += 1

    async def _ask(self, request: bytes) -> int:
        while self.idle:
            kept = self.idle.pop()
            if time.perf_counter() - kept.used_at > KEPT or kept.reader.at_eof():
                kept.writer.close()
                continue
            # Hung up between two requests: a browser comes again then, and so do we.
            with contextlib.suppress(ConnectionError, EOFError):
                return await self._over(kept, request)
        return await self._over(Connection(*await asyncio.open_connection("127.0.0.1", self.port)), request)

    async def _over(self, connection: Connection, request: bytes) -> int:
        connection.writer.write(request)
        head = (await connection.reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        if b"content-length:" in head:
            await connection.reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        elif b"transfer-encoding: chunked" in head:
            await connection.reader.readuntil(b"\r\n0\r\n\r\n")
        if b"connection: close" in head:
            connection.writer.close()
        else:
            connection.used_at = time.perf_counter()
            self.idle.append(connection)
        return status


async def _all(spec: dict[str, Any]) -> dict[str, Any]:
    streams = [Stream(**one) for one in spec["streams"]]
    until = time.perf_counter() + spec["seconds"]
    async with asyncio.TaskGroup() as working:
        for stream in streams:
            working.create_task(stream.come(until))
    return {one.name: {"waits": one.waits, "failed": one.failed} for one in streams}


if __name__ == "__main__":
    json.dump(asyncio.run(_all(json.load(sys.stdin))), sys.stdout)
