"""What every page of /beheer/ has in common: who asks about which year, the frame around a page, and work that outlives it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from distribution import tasks
from distribution.actions import jobs
from distribution.enums import JobKind, JobState
from distribution.models import CardYear, Job, StoredFile, Upload
from distribution.queries import approvals, office, office_points, office_work
from distribution.rules import four_eyes
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import KlasseRole, User


class Asked:
    """One request: who asks, at what moment, about which year. A year that was not opened is not there."""

    def __init__(self, request: HttpRequest, user: User, *, tab: str) -> None:
        self.request, self.user, self.tab = request, user, tab
        self.at = timezone.now()
        self.years = office.all_years()
        typed = request.GET.get("jaar", "")
        if typed:
            self.year = next((one for one in self.years if str(one.year) == typed), None)
            if self.year is None:
                raise Http404
        else:
            self.year = office.working_year(self.years, on=timezone.localdate(self.at))

    @property
    def may_see_persons(self) -> bool:
        return self.user.klasse_role == KlasseRole.OFFICE

    @property
    def tolerance(self) -> Tolerance:
        return Tolerance(cards=settings.COUNT_TOLERANCE_CARDS, percent=settings.COUNT_TOLERANCE_PERCENT)

    def rows(self, card_year: CardYear) -> list[office_points.PointRow]:
        return office_points.rows(card_year, at=self.at, tolerance=self.tolerance)

    def page(self, template: str, **context: Any) -> HttpResponse:
        common = {
            "user": self.user,
            "tab": self.tab,
            "years": self.years,
            "year": self.year,
            "may_see_persons": self.may_see_persons,
            "busy": office_work.count_open() if self.may_see_persons else 0,
            "to_agree": approvals.count_for(self.user, is_on=settings.FOUR_EYES) if self.may_see_persons else 0,
            # What a link to another page of this year carries along.
            "of_year": f"?jaar={self.year.year}" if self.request.GET.get("jaar") and self.year else "",
        }
        return render(self.request, f"office/{template}.html", common | context)

    def year_or_404(self) -> CardYear:
        if self.year is None:
            raise Http404
        return self.year


def start(
    request: HttpRequest,
    kind: JobKind,
    *,
    card_year: CardYear | None,
    by: User,
    upload: Upload | None = None,
    options: dict[str, Any] | None = None,
    needs_second: bool = False,
    lane: str = "",
) -> HttpResponse:
    """Ask for a job, ring for a worker, and lead to its page; whoever asks for it again is led to the one there is."""
    try:
        job = jobs.ask(
            kind,
            card_year=card_year,
            by=by,
            at=timezone.now(),
            upload=upload,
            options=options,
            needs_second=needs_second,
            lane=lane,
        )
    except jobs.AlreadyAsked as there:
        messages.info(request, f"{there} Hieronder zie je hoe ver het staat.")
        return redirect("distribution:office-job", there.job.pk)
    begin(job)
    return redirect("distribution:office-job", job.pk)


def begin(job: Job) -> None:
    """Call whoever is next: a worker, or the second pair of eyes."""
    if job.state == JobState.WAITING:
        ring(job.pk)
    elif job.state == JobState.PROPOSED:
        transaction.on_commit(lambda: tasks.enqueue(tasks.mail_second_eyes, job.pk))


def waits_for_release(job: Job, file: StoredFile) -> bool:
    """True for a file about more than 1,000 people that only one pair of eyes asked for (hardening.md T03)."""
    return bool(settings.FOUR_EYES) and job.agreed_at is None and file.people > four_eyes.MANY_PEOPLE


def ring(job_id: int) -> None:
    """Call a worker for a job, after the transaction: without a broker the sweep finds it within a minute."""
    transaction.on_commit(lambda: tasks.enqueue(tasks.do_job, job_id))
