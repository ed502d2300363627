"""Files that people send in and fetch, kept in the database (ADR 0017): any machine can read them, a backup has them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

PIECE = 1024 * 1024


class StoredFile(models.Model):
    """A file, in pieces of at most one MiB. Immutable; it goes when `keep_until` has passed."""

    # What it is called when someone downloads it. Never a name or a number of a person.
    name = models.CharField("naam", max_length=120)
    content_type = models.CharField("soort inhoud", max_length=100)
    size = models.PositiveBigIntegerField("bytes")
    sha256 = models.CharField("vingerafdruk", max_length=64)
    at = models.DateTimeField("bewaard op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # How many people it tells about; more than 1,000 is an export that asks for two pairs of eyes.
    people = models.PositiveIntegerField("over hoeveel mensen", default=0)
    # Empty: for ever.
    keep_until = models.DateTimeField("bewaard tot", null=True, blank=True)

    class Meta:
        verbose_name = "bewaard bestand"
        verbose_name_plural = "bewaarde bestanden"
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["keep_until"], name="stored_file_by_end")]

    def __str__(self) -> str:
        return self.name


class StoredPiece(models.Model):
    """A piece of a file, in order from 0."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    place = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "place"], name="piece_once_at_its_place"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.place}"
