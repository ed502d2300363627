"""Asks a server over kept connections for some seconds and prints each wait in seconds, one a line.

`python -m bench.load_generator PORT CONNECTIONS SECONDS`, with the requests on standard input, divided by NUL.
A status other than 200 stops it: a fast refusal is no answer.
"""

import selectors
import socket
import sys
import time

WARM_UP_SECONDS = 0.7


class Visitor:
    """One connection: sends, waits for the whole answer, sends the next."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.received = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server closed a connection")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(f"not 200: {self.received[:300]!r}")
        lower = head.lower()
        if b"content-length:" in lower:
            return len(body) >= int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        return body.endswith(b"0\r\n\r\n")


def main(port: int, connections: int, seconds: float) -> None:
    requests = sys.stdin.buffer.read().split(b"\0")
    waits: list[float] = []
    turn = 0
    with selectors.DefaultSelector() as watched:
        for _ in range(connections):
            visitor = Visitor(port)
            watched.register(visitor.socket, selectors.EVENT_READ, visitor)
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
