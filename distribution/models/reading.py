"""Who saw whose name: each time personal data of card holders comes on a screen or on paper."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from distribution.enums import ReadingKind


class ReadingSeal(models.Model):
    """A link of the chain over readings: digests of the readings that were sealed together, and of the seal before.

    Seals stay for ever. What was typed goes first (`words_gone_at`, with `words_key`, without which
    `words_digest` tells nothing any more), the readings later (`rows_gone_at`): rules.seals says how
    the chain can be checked all the same.
    """

    number = models.PositiveIntegerField("nummer")
    at = models.DateTimeField("verzegeld op")
    count = models.PositiveIntegerField("inzages")
    # The moment of its latest reading.
    until = models.DateTimeField("inzages tot en met")
    words_key = models.CharField(max_length=64, blank=True, editable=False)
    rows_digest = models.CharField(max_length=64, editable=False)
    words_digest = models.CharField(max_length=64, editable=False)
    digest = models.CharField("zegel", max_length=64, editable=False)
    words_gone_at = models.DateTimeField("zoektermen gewist op", null=True, blank=True)
    rows_gone_at = models.DateTimeField("inzages gewist op", null=True, blank=True)

    class Meta:
        verbose_name = "zegel op inzages"
        verbose_name_plural = "zegels op inzages"
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Two workers that seal at once: one of them wins.
            models.UniqueConstraint(fields=["number"], name="seal_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"zegel {self.number}"


class Reading(models.Model):
    """One look at personal data. Append-only. What was typed is kept only as a keyed hash.

    `cards` holds the keys of the cards shown; for a snapshot or a list, which show a whole point,
    it stays empty and `count` says how many there were.
    """

    at = models.DateTimeField("op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="door")
    point = models.ForeignKey(
        "pickup_points.PickupPoint", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind = models.CharField("soort", max_length=9, choices=ReadingKind)
    # Why Klasse looked, as they typed it; a desk looks to hand over.
    reason = models.CharField("reden", max_length=200, blank=True)
    term_hash = models.CharField("zoekterm, onleesbaar gemaakt", max_length=64, blank=True)
    cards = models.JSONField("kaarten", default=list)
    count = models.PositiveIntegerField("aantal", default=0)
    # Empty until actions.reading_seals has passed: whoever looks never waits for the chain.
    seal = models.ForeignKey(ReadingSeal, on_delete=models.PROTECT, null=True, blank=True, related_name="readings")

    class Meta:
        verbose_name = "inzage"
        verbose_name_plural = "inzages"
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="reading_by_moment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
