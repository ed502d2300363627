"""People and their appointments, as the personnel record and the institutions told us."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from distribution.enums import Source
from distribution.models.card_year import CardYear


class Person(models.Model):
    """A member of staff in one card year. Each year has its own picture, so an old year stays as it was (ADR 0005)."""

    card_year = models.ForeignKey(CardYear, on_delete=models.PROTECT, related_name="people", db_index=False)
    staff_number = models.CharField("stamboeknummer", max_length=11)
    last_name = models.CharField("naam", max_length=200)
    first_name = models.CharField("voornaam", max_length=200, blank=True)
    street = models.CharField("straat", max_length=200, blank=True)
    house_number = models.CharField("huisnummer", max_length=20, blank=True)
    box = models.CharField("bus", max_length=20, blank=True)
    postcode = models.CharField("postcode", max_length=20)
    municipality = models.CharField("gemeente", max_length=120, blank=True)
    country = models.CharField("land", max_length=2, default="BE")
    # rules.name_order.sort_key: plain ASCII, so that every collation sorts it the same.
    sort_key = models.CharField(max_length=410, editable=False)
    # A protected address: the public answer is that of an unknown number (hardening.md T01).
    shielded = models.BooleanField("afgeschermd", default=False)

    class Meta:
        verbose_name = "personeelslid"
        verbose_name_plural = "personeelsleden"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card_year", "staff_number"], name="person_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


class Appointment(models.Model):
    """One row of the personnel file: an assignment (opdracht) at an institution."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="appointments")
    source = models.CharField("bron", max_length=12, choices=Source)
    institution_number = models.CharField("instellingsnummer", max_length=6)
    institution_name = models.CharField("instelling", max_length=200, blank=True)
    institution_postcode = models.CharField("postcode van de instelling", max_length=4, blank=True)
    level = models.CharField("onderwijsniveau", max_length=20)
    category = models.CharField("categorie", max_length=24)
    paid_by = models.CharField("betaald door", max_length=20)
    begins_on = models.DateField("begin")
    ends_on = models.DateField("einde", null=True, blank=True)
    interruption_code = models.CharField("dienstonderbreking", max_length=10, blank=True)
    interruption_in_full = models.BooleanField("volledig onderbroken", default=False)
    interruption_begins_on = models.DateField("onderbroken vanaf", null=True, blank=True)
    interruption_ends_on = models.DateField("onderbroken tot en met", null=True, blank=True)
    row_number = models.PositiveIntegerField("rij in het bestand")
    # 48 bits of the row's content: two pictures of a person are alike when the sums of these are.
    fingerprint = models.BigIntegerField(editable=False)

    class Meta:
        verbose_name = "opdracht"
        verbose_name_plural = "opdrachten"

    def __str__(self) -> str:
        return f"{self.institution_number} {self.level} {self.category}"


class PersonnelImport(models.Model):
    """One personnel file that was taken: which, when, by whom, and what it changed."""

    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, related_name="personnel_imports")
    source = models.CharField("bron", max_length=12, choices=Source)
    # Only a full picture says who has left; a mended rejects file adds to the picture there is.
    is_full_picture = models.BooleanField("volledig beeld", default=True)
    sha256 = models.CharField("vingerafdruk van het bestand", max_length=64)
    at = models.DateTimeField("op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    people = models.PositiveIntegerField("personen in het beeld")
    forced_because = models.CharField("toch ingelezen omdat", max_length=300, blank=True)
    summary = models.JSONField("samenvatting", default=dict)

    class Meta:
        verbose_name = "ingelezen personeelsbestand"
        verbose_name_plural = "ingelezen personeelsbestanden"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.at:%Y-%m-%d %H:%M}"


class Subscriber(models.Model):
    """A staff number on the year's list of subscribers of the magazine."""

    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, related_name="subscribers", db_index=False)
    staff_number = models.CharField("stamboeknummer", max_length=11)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card_year", "staff_number"], name="subscriber_listed_once"),
        ]

    def __str__(self) -> str:
        return f"abonnee {self.pk}"


class EarlierHolder(models.Model):
    """A staff number on the list of card holders of an earlier year (import_card_holders).

    `year` is the year the list was handed in under: see queries.earlier_holders for what it counts for.
    """

    year = models.PositiveSmallIntegerField("jaar")
    staff_number = models.CharField("stamboeknummer", max_length=11)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "staff_number"], name="earlier_holder_listed_once"),
        ]

    def __str__(self) -> str:
        return f"kaarthouder {self.pk}"


class NotEntitled(models.Model):
    """The verdict of the last run on someone who gets no card: the reason of the appointment that got furthest."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="not_entitled")
    reason = models.CharField("reden", max_length=24)

    class Meta:
        verbose_name = "personeelslid zonder recht"
        verbose_name_plural = "personeelsleden zonder recht"

    def __str__(self) -> str:
        return self.reason
