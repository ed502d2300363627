"""Counters of the public lookup's limiter, for when there is no Redis or it is away."""

from typing import ClassVar

from django.db import models


class LookupCounter(models.Model):
    """How often something happened in one window of time.

    `key` is a keyed hash of an address or a birth-date prefix: nothing here leads back to anyone.
    """

    key = models.CharField(max_length=64)
    window_ends_at = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="counter_once_per_window"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["window_ends_at"], name="counter_by_end")]

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
