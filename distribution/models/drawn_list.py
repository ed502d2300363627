"""The pickup lists of one job while its workers draw them: who has which, and the files of those that are done."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from distribution.models.job import Job


class DrawnList(models.Model):
    """One list of a job. A worker takes it for a moment (`leased_until`); it goes when the job has ended."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="drawn_lists", db_index=False)
    # No foreign key: what is being drawn tells nothing of anyone that the list itself does not tell, and is gone at once.
    list_id = models.PositiveBigIntegerField()
    # How often it was begun; once, unless a worker died over it.
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    is_failed = models.BooleanField(default=False, db_default=False)
    pdf = models.BinaryField(null=True)
    # Only when it was asked for.
    xlsx = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "list_id"], name="list_once_per_job"),
            models.CheckConstraint(
                name="drawn_list_has_its_pdf",
                condition=Q(drawn_at=None, pdf=None) | Q(drawn_at__isnull=False, pdf__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.list_id}"
