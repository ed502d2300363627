"""The settlement (afrekening) of a point: what was counted by hand, what the point says, and when it closed.

Every row is kept as it was: a recount is a second row, and the first count stays.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from distribution.enums import CountKind, Marking
from distribution.models.card_year import CardYear


class StockCount(models.Model):
    """Cards counted by hand at a point. Append-only; of one kind and box the latest counts, the first is kept.

    `box` is the box's number within the point's delivery; empty when everything was counted together.
    """

    card_year = models.ForeignKey(CardYear, on_delete=models.PROTECT, related_name="stock_counts", db_index=False)
    point = models.ForeignKey("pickup_points.PickupPoint", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("wat", max_length=9, choices=CountKind)
    box = models.PositiveSmallIntegerField("doos", null=True, blank=True)
    counted = models.PositiveIntegerField("geteld")
    at = models.DateTimeField("op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="door")

    class Meta:
        verbose_name = "telling"
        verbose_name_plural = "tellingen"
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["card_year", "point", "kind"], name="count_by_point"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="only_what_arrives_comes_in_boxes", condition=Q(kind=CountKind.RECEIVED) | Q(box=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.counted}"


class PointStatement(models.Model):
    """What a point says itself: how marking went, or cards that went out without being marked. Append-only.

    Either `marking` is given, or `cards` with `text`: "40 naar de school gebracht". Of `marking` the latest counts.
    """

    card_year = models.ForeignKey(CardYear, on_delete=models.PROTECT, related_name="point_statements", db_index=False)
    point = models.ForeignKey("pickup_points.PickupPoint", on_delete=models.PROTECT, related_name="+", db_index=False)
    marking = models.CharField("aanduiden", max_length=8, choices=Marking, blank=True)
    cards = models.PositiveIntegerField("kaarten", null=True, blank=True)
    text = models.CharField("wat er gebeurde", max_length=300, blank=True)
    at = models.DateTimeField("op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="door")
    # A statement made by mistake is taken back, not erased.
    taken_back_at = models.DateTimeField("ingetrokken op", null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "verklaring"
        verbose_name_plural = "verklaringen"
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["card_year", "point"], name="statement_by_point"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="statement_is_of_marking_or_of_cards",
                condition=Q(marking="", cards__gte=1) & ~Q(text="") | ~Q(marking="") & Q(cards=None),
            ),
            models.CheckConstraint(
                name="taken_back_at_and_by_go_together",
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.get_marking_display()


class Settlement(models.Model):
    """A point closed its season: the figures as they stood then. Reopened, it stays to be read, and counts no more."""

    card_year = models.ForeignKey(CardYear, on_delete=models.PROTECT, related_name="settlements", db_index=False)
    point = models.ForeignKey("pickup_points.PickupPoint", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("afgesloten op")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField("heropend op", null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The figures of rules.reconciliation, by their names there.
    summary = models.JSONField("cijfers", default=dict)

    class Meta:
        verbose_name = "afrekening"
        verbose_name_plural = "afrekeningen"
        ordering: ClassVar[list[str]] = ["closed_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["card_year", "point"], condition=Q(reopened_at=None), name="point_closes_a_year_once"
            ),
            models.CheckConstraint(
                name="reopened_at_and_by_go_together",
                condition=Q(reopened_at=None, reopened_by=None)
                | Q(reopened_at__isnull=False, reopened_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.closed_at:%Y-%m-%d}"
