"""People whose address is protected, whatever year or file they come back in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class ShieldedNumber(models.Model):
    """A staff number that is shielded (afgeschermd), from one moment until another. Person.shielded follows it in every year."""

    staff_number = models.CharField("stamboeknummer", max_length=11)
    since = models.DateTimeField("sinds")
    since_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("tot", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "afgeschermd nummer"
        verbose_name_plural = "afgeschermde nummers"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff_number"], condition=Q(ended_at=None), name="shielded_once"),
            models.CheckConstraint(
                name="shield_ended_at_and_by_go_together",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"afgeschermd {self.pk}"
