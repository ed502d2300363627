"""Asks a server over kept connections for some seconds and prints each wait in seconds, one a line.

`python -m bench.load_generator PORT CONNECTIONS SECONDS`, with the requests on standard input, divided by NUL.
A status other than 200 or 201 stops it: a fast refusal is no answer.
"""

import selectors
import socket
import sys
import time

WARM_UP_SECONDS = 0.7


class Visitor:
    """One connection: sends, waits for the whole answer, sends the next; a new one when the server does not keep it."""

    def __init__(self, port: int, watched: selectors.BaseSelector) -> None:
        self.port, self.watched = port, watched
        self.socket: socket.socket | None = None
        self.received = b""
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.received = b""
        self.asked_at = time.perf_counter()
        self._connected().sendall(request)

    def _connected(self) -> socket.socket:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.watched.register(self.socket, selectors.EVENT_READ, self)
        return self.socket

    def _hang_up(self) -> None:
        if self.socket is not None:
            self.watched.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def is_answered(self) -> bool:
        part = self._connected().recv(262_144)
        if not part:
            raise ConnectionError("the server closed a connection")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise ValueError(f"refused: {self.received[:300]!r}")
        lower = head.lower()
        if b"content-length:" in lower:
            is_whole = len(body) >= int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        else:
            is_whole = body.endswith(b"0\r\n\r\n")
        if is_whole and b"connection: close" in lower:
            self._hang_up()
        return is_whole


def main(port: int, connections: int, seconds: float) -> None:
    requests = sys.stdin.buffer.read().split(b"\0")
    waits: list[float] = []
    turn = 0
    with selectors.DefaultSelector() as watched:
        for _ in range(connections):
            visitor = Visitor(port, watched)
            visitor.ask(requests[turn % len(requests)])
            turn += 1
        counted_from = time.perf_counter() + WARM_UP_SECONDS
        until = counted_from + seconds
        now = time.perf_counter()
        while now < until:
            for key, _ in watched.select(timeout=5):
                visitor = key.data
                if not visitor.is_answered():
                    continue
                now = time.perf_counter()
                if counted_from <= now < until:
                    waits.append(now - visitor.asked_at)
                visitor.ask(requests[turn % len(requests)])
                turn += 1
    sys.stdout.write("\n".join(f"{wait:.6f}" for wait in waits))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
