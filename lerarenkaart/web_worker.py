"""The web process as deploy/start.sh runs it: gunicorn's threads, and nobody turned away at the door when it stops."""

import socket

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]


class PoliteWorker(ThreadWorker):  # type: ignore[misc]
    """Answers whoever was let in by the system before it stopped listening.

    gunicorn's own stops accepting, finishes what it has, and only then closes the door: who came in meanwhile is
    let in by the system and never answered, and a proxy may not send a form twice. This one takes in everyone who
    stands there, closes the door at once, and then finishes.
    """

    sockets: list[socket.socket]

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 -- gunicorn's
        if enabled or self.alive:
            super().set_accept_enabled(enabled)
            return
        for listener in self.sockets:
            listener.settimeout(0)
            before = -1
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(listener)
        super().set_accept_enabled(enabled)
        for listener in self.sockets:
            listener.close()
        self.sockets = []
