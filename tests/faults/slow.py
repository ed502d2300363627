"""A wire to PostgreSQL that takes its time: everything a client says arrives late."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests import servers


@dataclass
class Wire:
    """`port`: where to connect. `delay`: seconds each piece a client sends is held."""

    to_port: int
    delay: float = 0.0
    port: int = field(default_factory=servers.free_port)

    @contextlib.contextmanager
    def open(self) -> Iterator["Wire"]:
        with socket.create_server(("127.0.0.1", self.port)) as listening:
            threading.Thread(target=self._listen, args=(listening,), daemon=True).start()
            yield self
            self.delay = 0.0

    def _listen(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", self.to_port))
                for source, target, is_held in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._carry, args=(source, target, is_held), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_held: bool) -> None:  # noqa: FBT001 -- a thread's arguments
        with contextlib.suppress(OSError), source, target:
            while piece := source.recv(65536):
                if is_held and self.delay:
                    time.sleep(self.delay)
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
