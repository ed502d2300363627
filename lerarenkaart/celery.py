"""Tasks: Celery over Redis in production; embedded, one worker thread over a broker in memory."""

import logging.config
import os
import threading
import warnings
from typing import Any

from celery import Celery, beat, signals
from celery.exceptions import SecurityWarning
from django.conf import settings

from lerarenkaart import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lerarenkaart.settings")

app = Celery("lerarenkaart")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_started = threading.Event()


def keep_our_log(**_: Any) -> None:
    """Celery would put its own handlers on the root logger, without the filter that masks numbers."""
    logging.config.dictConfig(settings.LOGGING)
    logs.mask_crashes()


signals.setup_logging.connect(keep_our_log)


def start_embedded_worker() -> None:
    """Start the worker thread of the embedded mode, and its clock, once per process; in production do nothing.

    `memory://` lives in this process only, which is why the embedded server runs one worker process.
    """
    if not settings.EMBEDDED or _started.is_set():
        return
    _started.set()
    threading.Thread(target=_work, name="celery-embedded", daemon=True).start()
    # CELERY_BEAT_SCHEDULE, kept in memory: a thread, because memory:// does not reach another process.
    beat.EmbeddedService(app, thread=True, scheduler_cls=beat.Scheduler).start()


def _work() -> None:
    # Celery warns of root; but this worker is the web process itself, whose user was chosen when it was started.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker = app.Worker(
        pool="solo",
        concurrency=1,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
