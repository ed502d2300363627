"""The pickup list (afhaallijst): what stood on which line of which revision."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from distribution.models.card_year import CardYear


class PickupList(models.Model):
    """One revision of a point's list. Immutable: a line number on paper must mean the same card for ever.

    `card_numbers` holds the cards in line order; a table of lines would add 180,000 rows a year
    that nobody ever asks one by one (ADR 0008).
    """

    card_year = models.ForeignKey(CardYear, on_delete=models.PROTECT, related_name="pickup_lists")
    pickup_point = models.ForeignKey("pickup_points.PickupPoint", on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveSmallIntegerField("revisie")
    # Empty for a whole list; for a delta list the revision it adds to.
    since = models.PositiveSmallIntegerField("aanvulling op revisie", null=True, blank=True)
    made_at = models.DateTimeField("gemaakt op")
    card_numbers = models.JSONField("kaarten, in volgorde", default=list)

    class Meta:
        verbose_name = "afhaallijst"
        verbose_name_plural = "afhaallijsten"
        ordering: ClassVar[list[str]] = ["card_year", "pickup_point", "revision", "since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["card_year", "pickup_point", "revision"],
                condition=Q(since=None),
                name="revision_once_per_point",
            ),
            models.UniqueConstraint(
                fields=["card_year", "pickup_point", "revision", "since"],
                condition=Q(since__isnull=False),
                name="delta_once_per_revision",
            ),
            models.CheckConstraint(
                name="delta_adds_to_an_earlier_revision", condition=Q(since=None) | Q(since__lt=F("revision"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_year_id}-{self.pickup_point_id} r{self.revision}"
