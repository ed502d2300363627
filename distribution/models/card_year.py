"""The card year: its dates, and the rule tables that hold for it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class CardYear(models.Model):
    """A calendar year of the card (kaartjaar), opened by open_year. Everything of a year hangs on it."""

    year = models.PositiveSmallIntegerField("jaar")
    lookup_from = models.DateField("opzoeken vanaf")
    collect_from = models.DateField("afhalen vanaf")
    collect_until = models.DateField("afhalen tot en met")
    # ISO dates, in order.
    starter_mailings = models.JSONField("startersmailings", default=list)
    # Who has no point at home gets that of the school; otherwise Klasse decides for them.
    falls_back_on_school = models.BooleanField("anders het afhaalpunt van de school", default=True, db_default=True)
    opened_at = models.DateTimeField("geopend op")
    # The number of cards ever numbered this year: the next card gets the next one.
    last_sequence = models.PositiveIntegerField("laatste volgnummer", default=0)
    last_run_at = models.DateTimeField("laatst toegekend op", null=True, blank=True)
    reference_date = models.DateField("peildatum van de laatste toekenning", null=True, blank=True)
    # ADR 0020: first names, addresses and appointments go; the staff number when no run can ask for it any more.
    people_gone_at = models.DateTimeField("namen en adressen gewist op", null=True, blank=True)
    numbers_gone_at = models.DateTimeField("stamboeknummers gewist op", null=True, blank=True)

    class Meta:
        verbose_name = "kaartjaar"
        verbose_name_plural = "kaartjaren"
        ordering: ClassVar[list[str]] = ["-year"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year"], name="year_opened_once"),
            models.CheckConstraint(
                name="year_dates_in_order",
                condition=Q(lookup_from__lte=F("collect_until")) & Q(collect_from__lte=F("collect_until")),
            ),
            models.CheckConstraint(
                name="numbers_go_after_people", condition=Q(numbers_gone_at=None) | Q(people_gone_at__isnull=False)
            ),
            models.CheckConstraint(
                name="run_at_and_reference_date_go_together",
                condition=Q(last_run_at=None, reference_date=None)
                | Q(last_run_at__isnull=False, reference_date__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Lerarenkaart {self.year}"


class EntitledCategory(models.Model):
    """A level × category that gives a right in a year: the table of interface.md §3, editable by Klasse."""

    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, related_name="entitled_categories")
    level = models.CharField("onderwijsniveau", max_length=20)
    category = models.CharField("categorie", max_length=24)

    class Meta:
        verbose_name = "categorie met recht"
        verbose_name_plural = "categorieën met recht"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card_year", "level", "category"], name="category_listed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.level} · {self.category}"


class ExcludingCode(models.Model):
    """An interruption code (dienstonderbreking) that takes the right away when it is in full."""

    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, related_name="excluding_codes")
    code = models.CharField("code", max_length=10)
    meaning = models.CharField("betekenis", max_length=120)

    class Meta:
        verbose_name = "uitsluitende dienstonderbreking"
        verbose_name_plural = "uitsluitende dienstonderbrekingen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card_year", "code"], name="excluding_code_listed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.meaning}"


class YearEvent(models.Model):
    """What was done to a year, by whom: written in the same transaction as the change."""

    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField("soort", max_length=30)
    at = models.DateTimeField("op")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="door"
    )
    # Counts only, never a name or a number of a person.
    summary = models.JSONField("samenvatting", default=dict)

    class Meta:
        verbose_name = "gebeurtenis"
        verbose_name_plural = "gebeurtenissen"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
