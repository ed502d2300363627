"""Numbers of cards that count no more: stolen, lost or broken plastic, replaced by another number."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from distribution.enums import VoidReason
from distribution.models.card import Card, PrintBatch


class VoidedNumber(models.Model):
    """A number that was on plastic and is void since a moment. The card itself went on under a new number.

    `pickup_point` and `batch` say where that plastic was meant to lie and in which batch it was
    printed: the count of a box must still close.
    """

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="voided_numbers")
    number = models.CharField("kaartnummer", max_length=11)
    at = models.DateTimeField("ongeldig sinds")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("reden", max_length=8, choices=VoidReason)
    # Of the police report, or of the letter or mail that told it. Never a name.
    reference = models.CharField("kenmerk", max_length=80, blank=True)
    pickup_point = models.ForeignKey(
        "pickup_points.PickupPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    batch = models.ForeignKey(PrintBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # True when the plastic had not been handed over: it was still at the point, or on its way.
    was_waiting = models.BooleanField("was nog niet afgehaald", default=True)

    class Meta:
        verbose_name = "ongeldig kaartnummer"
        verbose_name_plural = "ongeldige kaartnummers"
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], name="number_voided_once"),
        ]

    def __str__(self) -> str:
        return self.number
