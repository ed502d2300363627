"""Hand-overs: a card changes hands, once; undone is said, never erased."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from distribution.enums import Evidence
from distribution.models.card import Card
from distribution.models.pickup_list import PickupList

# The card is out now, by this hand-over.
HOLDS = Q(undone_at=None, voided=None)
# What figures count: everyone who fetched a card once, whatever became of the plastic.
COUNTS = Q(undone_at=None, is_again=False)


class HandOver(models.Model):
    """One hand-over of one card (afgifte). The key is made by whoever marked it, so that sending twice is harmless.

    `at` is the moment that counts for figures, `said_at` what the device said; they differ when its
    clock could not be right (`clock_doubtful`). A card has one hand-over that holds, at most: the
    database sees to it (ADR 0012). When the plastic that was handed over is declared void later
    (`voided`), the hand-over still happened, and the new plastic may be handed over too (`is_again`).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="hand_overs")
    point = models.ForeignKey(
        "pickup_points.PickupPoint",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name="afhaalpunt",
    )
    at = models.DateTimeField("op")
    said_at = models.DateTimeField("tijd van het toestel")
    recorded_at = models.DateTimeField("ontvangen op")
    clock_doubtful = models.BooleanField("klok van het toestel klopte niet", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="door")
    evidence = models.CharField("bewijs", max_length=5, choices=Evidence)
    # The name of who fetched cards for others; empty when the teacher came.
    collector = models.CharField("afhaler", max_length=120, blank=True)
    pickup_list = models.ForeignKey(PickupList, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    row = models.PositiveIntegerField("rij op de lijst", null=True, blank=True)
    undone_at = models.DateTimeField("ongedaan gemaakt op", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undo_reason = models.CharField("reden", max_length=200, blank=True)
    # The number under which this plastic is void since: stolen or lost after it was fetched.
    voided = models.ForeignKey(
        "distribution.VoidedNumber", on_delete=models.PROTECT, null=True, blank=True, related_name="hand_overs"
    )
    # Its holder fetched a card of this year before: one more card went out, not one more person was served.
    is_again = models.BooleanField("opnieuw afgehaald", default=False, db_default=False)

    class Meta:
        verbose_name = "afgifte"
        verbose_name_plural = "afgiftes"
        ordering: ClassVar[list[str]] = ["recorded_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            # Today's counter, the week's curve, a point's latest.
            models.Index(fields=["point", "at"], name="hand_over_by_point"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card"], condition=HOLDS, name="card_handed_over_once"),
            models.CheckConstraint(name="what_was_undone_is_not_voided", condition=Q(voided=None) | Q(undone_at=None)),
            models.CheckConstraint(
                name="undone_at_and_by_go_together",
                condition=Q(undone_at=None, undone_by=None, undo_reason="")
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
            models.CheckConstraint(
                name="list_and_row_go_together",
                condition=Q(pickup_list=None, row=None) | Q(pickup_list__isnull=False, row__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.at:%Y-%m-%d %H:%M}"

    @property
    def holds(self) -> bool:
        """Whether the card is out by this hand-over: not undone, and its plastic not replaced since."""
        return self.undone_at is None and self.voided_id is None
