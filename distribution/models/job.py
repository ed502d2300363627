"""Work that outlives a page: who asked for it, how far it is, what came of it. And the files sent in for it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from distribution.enums import JobKind, JobState, Source, UploadKind
from distribution.models.card_year import CardYear
from distribution.models.stored_file import StoredFile


class Upload(models.Model):
    """A file that was sent in: looked at first, then applied or turned down, by whom and when.

    `file` is let go as soon as that is decided; what it was stays readable.
    """

    kind = models.CharField("soort", max_length=14, choices=UploadKind)
    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, null=True, blank=True, related_name="uploads")
    source = models.CharField("bron", max_length=12, choices=Source, blank=True)
    # The year a list of card holders is handed in under; for the others that of card_year.
    year = models.PositiveSmallIntegerField("jaar", null=True, blank=True)
    # As the sender called it; shown to Klasse only.
    name = models.CharField("bestandsnaam", max_length=200)
    size = models.PositiveBigIntegerField("bytes")
    sha256 = models.CharField("vingerafdruk", max_length=64)
    file = models.OneToOneField(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="upload")
    at = models.DateTimeField("ontvangen op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # What the look told: the counts and samples of the dry run; empty until it was looked at.
    difference = models.JSONField("verschil", default=dict, blank=True)
    decided_at = models.DateTimeField("beslist op", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_applied = models.BooleanField("toegepast", default=False)

    class Meta:
        verbose_name = "ingestuurd bestand"
        verbose_name_plural = "ingestuurde bestanden"
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="upload_decided_at_and_by_go_together",
                condition=Q(decided_at=None, decided_by=None, is_applied=False)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


OPEN = Q(ended_at=None)


class Job(models.Model):
    """One piece of work. At most one of a kind and a year is open (`lane`): the second asker is led to the first.

    A worker takes it for a while (`leased_until`) and says so again while it lives; a job whose worker
    died is taken by another, three times at most. Work is safe to do again (ADR 0017).
    """

    kind = models.CharField("soort", max_length=20, choices=JobKind)
    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, null=True, blank=True, related_name="jobs")
    lane = models.CharField("spoor", max_length=40, editable=False)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, null=True, blank=True, related_name="jobs")
    # What was asked, besides the year and the file. Never a name or a number of a person.
    options = models.JSONField("keuzes", default=dict, blank=True)
    state = models.CharField("toestand", max_length=10, choices=JobState)
    asked_at = models.DateTimeField("gevraagd op")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Two pairs of eyes: someone else of Klasse agrees before it begins.
    needs_second = models.BooleanField("vraagt een tweede paar ogen", default=False)
    agreed_at = models.DateTimeField("bevestigd op", null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField("begonnen op", null=True, blank=True)
    ended_at = models.DateTimeField("geëindigd op", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    owner = models.CharField("werker", max_length=60, blank=True)
    leased_until = models.DateTimeField("van deze werker tot", null=True, blank=True)
    done = models.PositiveIntegerField("gedaan", default=0)
    total = models.PositiveIntegerField("van", default=0)
    # Counts, and what to show of them; never a name or a number of a person.
    result = models.JSONField("uitkomst", default=dict, blank=True)
    # A refusal or a failure: its code and one Dutch sentence.
    code = models.CharField("code", max_length=40, blank=True)
    sentence = models.TextField("wat er misging", blank=True)
    files = models.ManyToManyField(StoredFile, blank=True, related_name="jobs")

    class Meta:
        verbose_name = "werk"
        verbose_name_plural = "werk"
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lane"], condition=OPEN, name="one_job_of_a_kind_at_a_time"),
            models.CheckConstraint(
                name="job_agreed_at_and_by_go_together",
                condition=Q(agreed_at=None, agreed_by=None) | Q(agreed_at__isnull=False, agreed_by__isnull=False),
            ),
            models.CheckConstraint(name="job_agreed_by_someone_else", condition=~Q(agreed_by=F("asked_by"))),
            models.CheckConstraint(
                name="job_ended_has_its_moment",
                condition=Q(state__in=[JobState.PROPOSED, JobState.WAITING, JobState.RUNNING], ended_at=None)
                | Q(
                    state__in=[JobState.DONE, JobState.REFUSED, JobState.FAILED, JobState.CALLED_OFF],
                    ended_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="job_begins_after_two_pairs_of_eyes",
                condition=Q(needs_second=False)
                | Q(agreed_at__isnull=False)
                | Q(state__in=[JobState.PROPOSED, JobState.CALLED_OFF]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_trial(self) -> bool:
        """True for work that counts what it would do, and changes nothing."""
        return bool(self.options.get("dry_run"))

    @property
    def title(self) -> str:
        """What it is, as a heading: the kind and the year, and a trial said to be one."""
        kind = f"Proef: {self.get_kind_display()}" if self.is_trial else self.get_kind_display().capitalize()
        return f"{kind} {self.card_year.year}" if self.card_year else kind

    @property
    def state_words(self) -> str:
        """How it stands; of a trial that ended well, that nothing came of it."""
        if self.is_trial and self.state == JobState.DONE:
            return "er veranderde niets"
        return self.get_state_display()

    @property
    def is_open(self) -> bool:
        return self.ended_at is None
