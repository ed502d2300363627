"""Tasks: Celery over Redis in production; embedded, one worker thread over a broker in memory."""

import os
import threading

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lerarenkaart.settings")

app = Celery("lerarenkaart")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_started = threading.Event()


def start_embedded_worker() -> None:
    """Start the worker thread of the embedded mode, once per process; in production do nothing.

    `memory://` lives in this process only, which is why the embedded server runs one worker process.
    """
    if not settings.EMBEDDED or _started.is_set():
        return
    _started.set()
    threading.Thread(target=_work, name="celery-embedded", daemon=True).start()


def _work() -> None:
    worker = app.Worker(
        pool="solo",
        concurrency=1,
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        beat=False,
    )
    worker.start()
