"""Processes that draw: started once, warm for every document, gone when the one who started them goes."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import django


def pool(workers: int) -> ProcessPoolExecutor:
    """So many processes with Django set up. They have no part in our connection with the database."""
    # Spawned, not forked: a copy of this process would share that connection.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare, initargs=(os.getpid(),))


def _prepare(parent: int) -> None:
    # Ctrl-C is for the one who started us; it tells us to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    django.setup()


def _leave_with(parent: int) -> None:
    """A killed parent cannot say goodbye, and its queue stays open in us: look once a second."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
