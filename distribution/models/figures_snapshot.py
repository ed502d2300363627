"""Figures as they were told to someone: kept with their files, so that they can be shown again to the byte."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from distribution.models.stored_file import StoredFile


class FiguresSnapshot(models.Model):
    """Zoals meegedeeld op …: which figures, to whom, and the files themselves. Immutable."""

    at = models.DateTimeField("meegedeeld op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("waarvoor", max_length=200)
    # What was asked of the query layer: years, by, school years, borders.
    asked = models.JSONField("vraag", default=dict)
    files = models.ManyToManyField(StoredFile, related_name="snapshots")

    class Meta:
        verbose_name = "meegedeelde cijfers"
        verbose_name_plural = "meegedeelde cijfers"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.title} ({self.at:%Y-%m-%d})"
