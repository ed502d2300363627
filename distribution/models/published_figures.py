"""Published totals of years before this system (historiek.csv)."""

from typing import ClassVar

from django.db import models


class PublishedFigures(models.Model):
    """What was told to parliament about one year. Empty = not counted, which is not zero."""

    year = models.PositiveSmallIntegerField("jaar")
    cards = models.PositiveIntegerField("kaarten", null=True, blank=True)
    subscription = models.PositiveIntegerField("abonnement", null=True, blank=True)
    starters = models.PositiveIntegerField("starters", null=True, blank=True)
    collected = models.PositiveIntegerField("afgehaald", null=True, blank=True)
    with_card = models.PositiveIntegerField("met kaart", null=True, blank=True)
    is_estimate = models.BooleanField("schatting", default=False)
    # Why it is an estimate, or was not counted: the footnote of the figure.
    cause = models.CharField("oorzaak", max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "gepubliceerde cijfers"
        verbose_name_plural = "gepubliceerde cijfers"
        ordering: ClassVar[list[str]] = ["year"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year"], name="published_once_a_year"),
        ]

    def __str__(self) -> str:
        return str(self.year)
