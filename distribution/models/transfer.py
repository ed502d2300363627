"""A card on its way from one point to another: asked for, sent, arrived; both ends say so."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from distribution.models.card import Card

OPEN = Q(received_at=None, ended_at=None)


class Transfer(models.Model):
    """One card, from one point to another (overdracht). The card changes points when it has arrived, not before.

    `ended_*`: it did not go through (handed over after all, not found, not needed any more).
    """

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="transfers")
    from_point = models.ForeignKey("pickup_points.PickupPoint", on_delete=models.PROTECT, related_name="+")
    to_point = models.ForeignKey("pickup_points.PickupPoint", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("gevraagd op")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("verzonden op", null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    received_at = models.DateTimeField("aangekomen op", null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField("stopgezet op", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField("reden", max_length=200, blank=True)

    class Meta:
        verbose_name = "overdracht"
        verbose_name_plural = "overdrachten"
        ordering: ClassVar[list[str]] = ["requested_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card"], condition=OPEN, name="card_on_one_way_at_a_time"),
            models.CheckConstraint(name="transfer_goes_elsewhere", condition=~Q(from_point=F("to_point"))),
            models.CheckConstraint(
                name="sent_at_and_by_go_together",
                condition=Q(sent_at=None, sent_by=None) | Q(sent_at__isnull=False, sent_by__isnull=False),
            ),
            models.CheckConstraint(
                name="received_at_and_by_go_together_after_sent",
                condition=Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False, sent_at__isnull=False, ended_at=None),
            ),
            models.CheckConstraint(
                name="transfer_ended_at_and_by_go_together",
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id}: {self.from_point_id} → {self.to_point_id}"
