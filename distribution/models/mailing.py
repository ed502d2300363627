"""Mail to points: the texts Klasse keeps, and what was sent to whom."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from distribution.enums import MailingKind
from distribution.models.card_year import CardYear


class MailText(models.Model):
    """The text of one kind of mail as Klasse last wrote it; without a row the text of the house counts."""

    kind = models.CharField("soort", max_length=14, choices=MailingKind)
    subject = models.CharField("onderwerp", max_length=150)
    body = models.TextField("tekst")
    at = models.DateTimeField("gewijzigd op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "tekst van een mail"
        verbose_name_plural = "teksten van mails"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind"], name="one_text_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Mailing(models.Model):
    """One mail to a selection of points, with the text as it was sent."""

    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField("soort", max_length=14, choices=MailingKind)
    subject = models.CharField("onderwerp", max_length=150)
    body = models.TextField("tekst")
    # How the points were chosen, in the words of the page.
    selection = models.CharField("keuze", max_length=300)
    at = models.DateTimeField("op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "mailing"
        verbose_name_plural = "mailings"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class MailToPoint(models.Model):
    """A mailing to one point: waiting, sent, or why not. Sent at most once."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="letters")
    point = models.ForeignKey("pickup_points.PickupPoint", on_delete=models.PROTECT, related_name="+")
    # To how many addresses; the addresses themselves are those of the point and its managers.
    addresses = models.PositiveSmallIntegerField("adressen", default=0)
    # How many of those the mail server would not take.
    refused = models.PositiveSmallIntegerField("geweigerde adressen", default=0)
    sent_at = models.DateTimeField("verstuurd op", null=True, blank=True)
    failure = models.CharField("niet verstuurd omdat", max_length=200, blank=True)

    class Meta:
        verbose_name = "mail aan een afhaalpunt"
        verbose_name_plural = "mails aan afhaalpunten"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["mailing", "point"], name="mailed_once_per_mailing"),
            models.CheckConstraint(name="sent_or_failed", condition=Q(sent_at=None) | Q(failure="")),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id} → {self.point_id}"
