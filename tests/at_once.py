"""A queue that does its tasks at once, where the real one brings them to a worker."""

from collections.abc import Callable


def enqueue(task: Callable[..., object], *arguments: object) -> bool:
    task(*arguments)
    return True
