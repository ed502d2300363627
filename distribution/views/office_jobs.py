"""/beheer/werk/: work that goes on while nobody looks, how far it is, and what came of it."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from distribution.actions import jobs, readings
from distribution.actions.jobs import AlreadyAsked
from distribution.enums import JobKind, JobState, ReadingKind
from distribution.errors import DistributionError
from distribution.models import Job
from distribution.queries import office_work, stored_files
from distribution.views import office_file_words, office_job_words, office_page, office_second
from distribution.views.office_job_words import Live
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User

SHOWN = 50


@require_safe
@office_only()
def index(request: HttpRequest, user: User) -> HttpResponse:
    """The latest work, open work first."""
    asked = Asked(request, user, tab="jobs")
    open_jobs = [Live.of(one, at=asked.at) for one in office_work.jobs().filter(ended_at=None)]
    ended = office_work.jobs().filter(ended_at__isnull=False)[:SHOWN]
    return asked.page(
        "jobs",
        open_jobs=open_jobs,
        ended=[(one, office_job_words.TONES[JobState(one.state)]) for one in ended],
    )


@require_safe
@office_only()
def job(request: HttpRequest, user: User, job_id: int) -> HttpResponse:
    """One piece of work: how far it is, or what came of it. Reloads itself while it goes on."""
    asked = Asked(request, user, tab="jobs")
    found = _job_or_404(job_id)
    tone = office_job_words.TONES[JobState(found.state)]
    files = [(file, office_page.waits_for_release(found, file)) for file in found.files.all()]
    upload = found.upload
    second = office_second.look(found) if found.state == JobState.PROPOSED else None
    return asked.page(
        "job",
        job=found,
        tone=tone,
        sign=office_job_words.SIGNS[tone],
        live=Live.of(found, at=asked.at) if found.is_open else None,
        chosen=second.facts if second else office_job_words.chosen(found.options),
        second=second,
        lines=office_job_words.lines(found.result),
        onward=office_job_words.onward(found),
        file_kind=office_file_words.kind_of(upload.kind, upload.source) if upload else None,
        reason=found.options.get("reason", "") if found.kind == JobKind.APPLY else "",
        files=files,
        is_mine=found.asked_by_id == user.pk,
        waits_for_release=any(waits for _, waits in files),
        may_call_off=found.state in {JobState.PROPOSED, JobState.WAITING},
        may_ask_again=jobs.may_be_asked_again(found) and _is_file_there(found),
    )


@require_POST
@office_only()
def agree(request: HttpRequest, user: User, job_id: int) -> HttpResponse:
    """The second pair of eyes agrees."""

    def change(found: Job) -> None:
        jobs.agree(found, by=user, at=timezone.now())
        office_page.ring(found.pk)

    return _changed(request, job_id, change)


@require_POST
@office_only()
def release(request: HttpRequest, user: User, job_id: int) -> HttpResponse:
    """The second pair of eyes lets a file about many people out."""
    return _changed(request, job_id, lambda found: jobs.release(found, by=user, at=timezone.now()))


@require_POST
@office_only()
def call_off(request: HttpRequest, user: User, job_id: int) -> HttpResponse:
    """Not after all."""
    return _changed(request, job_id, lambda found: jobs.call_off(found, by=user, at=timezone.now()))


@require_POST
@office_only()
def ask_again(request: HttpRequest, user: User, job_id: int) -> HttpResponse:
    """The same once more, after it failed: on to the new job."""
    found = _job_or_404(job_id)
    try:
        again = jobs.ask_again(found, by=user, at=timezone.now())
        office_page.begin(again)
    except AlreadyAsked as there:
        again = there.job
    except DistributionError as refusal:
        messages.error(request, str(refusal))
        return redirect("distribution:office-job", found.pk)
    return redirect("distribution:office-job", again.pk)


@require_safe
@office_only()
def download(request: HttpRequest, user: User, job_id: int, file_id: int) -> HttpResponseBase:
    """A file that came of a job; of one about people it is written down who fetched it."""
    found = get_object_or_404(Job, pk=job_id)
    file = found.files.filter(pk=file_id).first()
    if file is None:
        raise Http404
    if office_page.waits_for_release(found, file):
        messages.error(request, "Dit bestand gaat over veel mensen: een collega moet het eerst vrijgeven.")
        return redirect("distribution:office-job", found.pk)
    if file.people:
        readings.note(
            ReadingKind.EXPORT,
            by=user,
            point_id=None,
            at=timezone.now(),
            count=file.people,
            secret=settings.SECRET_KEY,
        )
    answer = StreamingHttpResponse(stored_files.pieces(file), content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Content-Length"] = str(file.size)
    return answer


def _changed(request: HttpRequest, job_id: int, change: Callable[[Job], object]) -> HttpResponse:
    """Do it, or say why not; back to the job, or to its file's page when that was where it was asked."""
    found = _job_or_404(job_id)
    try:
        change(found)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
    if found.upload_id and request.POST.get("terug") == "bestand":
        return redirect("distribution:office-file", found.upload_id)
    return redirect("distribution:office-job", found.pk)


def _is_file_there(found: Job) -> bool:
    """A file that is no longer kept cannot be looked at once more."""
    return found.upload is None or (found.upload.decided_at is None and found.upload.file_id is not None)


def _job_or_404(job_id: int) -> Job:
    return get_object_or_404(office_work.jobs(), pk=job_id)
