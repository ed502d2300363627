"""/beheer/bestanden/: send a file in, see what it would change, and decide."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from distribution.actions import uploads
from distribution.actions.jobs import AlreadyAsked
from distribution.enums import JobKind, JobState, UploadKind
from distribution.errors import DistributionError
from distribution.intake import examples
from distribution.models import Job
from distribution.queries import uploads as sent_files
from distribution.queries.uploads import Sent
from distribution.rules import four_eyes
from distribution.views import office_file_words as words
from distribution.views import office_page, office_second
from distribution.views.office_file_difference import shown
from distribution.views.office_job_words import Live
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User

MEGABYTE = 1024 * 1024
DECIDED_SHOWN = 30


@require_safe
@office_only()
def index(request: HttpRequest, user: User) -> HttpResponse:
    """What to send in, what is in, what waits for a decision, and what was decided."""
    asked = Asked(request, user, tab="files")
    typed = request.GET.get("soort", "")
    inside = sent_files.inside(asked.year)
    return asked.page(
        "files",
        kinds=[
            (one, inside.get((one.kind, one.source or "")))
            for one in words.KINDS
            if asked.year is not None or one.kind == UploadKind.HISTORY
        ],
        chosen=typed if typed in words.BY_SLUG else "",
        undecided=[_told(one) for one in sent_files.undecided()],
        decided=[_told(one) for one in sent_files.decided(card_year=asked.year, most=DECIDED_SHOWN)],
        most_mb=settings.UPLOAD_MAX_MB,
    )


@require_POST
@office_only()
def send(request: HttpRequest, user: User) -> HttpResponse:
    """Take a file in and have it looked at; on to its page."""
    asked = Asked(request, user, tab="files")
    kind = words.BY_SLUG.get(request.POST.get("soort", ""))
    file = request.FILES.get("bestand")
    back = redirect(f"{_files()}?jaar={asked.year.year}" if asked.year else _files())
    if kind is None or (asked.year is None and kind.kind != UploadKind.HISTORY):
        messages.error(request, "Kies eerst wat voor bestand het is.")
        return back
    if file is None:
        too_large = int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_MB * MEGABYTE
        sentence = f"Dat bestand is groter dan {settings.UPLOAD_MAX_MB} MB. Laat kolommen weg die we niet vragen, of splits het."
        messages.error(request, sentence if too_large else "Kies een bestand, of sleep er een naartoe.")
        return back
    if not file.size:
        messages.error(request, "Dat bestand is leeg.")
        return back
    try:
        upload, job = uploads.take(
            file.chunks(),
            kind=kind.kind,
            source=kind.source,
            card_year=None if kind.kind == UploadKind.HISTORY else asked.year,
            name=file.name or "",
            by=user,
            at=asked.at,
        )
    except AlreadyAsked as there:
        messages.info(
            request,
            "Er wordt net een ander bestand van deze soort nagekeken. Hieronder zie je hoe ver dat staat; "
            "stuur het jouwe daarna opnieuw in.",
        )
        return _to_file_of(there.job)
    office_page.ring(job.pk)
    return redirect("distribution:office-file", upload.pk)


@require_safe
@office_only()
def file(request: HttpRequest, user: User, upload_id: int) -> HttpResponse:
    """One file: what it would change, and the decision; or what was decided."""
    asked = Asked(request, user, tab="files")
    sent = _sent_or_404(upload_id)
    upload, kind = sent.upload, words.kind_of(sent.upload.kind, sent.upload.source)
    look = sent_files.look_with_rejects(sent)
    rejects = sent_files.rejects(sent)
    ended = sent.apply if sent.apply is not None and not sent.apply.is_open else None
    return asked.page(
        "file",
        sent=sent,
        upload=upload,
        kind=kind,
        state=words.STATES[sent.state],
        difference=shown(upload, kind),
        live=Live.of(sent.open_job, at=asked.at) if sent.open_job else None,
        second=office_second.look(sent.open_job) if sent.open_job else None,
        may_decide=sent.waits,
        look=look,
        rejects=rejects,
        rejects_wait=rejects is not None and look is not None and office_page.waits_for_release(look, rejects),
        same_before=sent_files.same_before(upload),
        newer=sent_files.newer(upload) if sent.waits else None,
        # Why it was not applied the last time somebody asked; done is told by the state.
        came_of=ended if ended and ended.state != JobState.DONE and upload.decided_at is None else None,
        failed_look=sent.look if sent.state == sent_files.State.NOT_LOOKED_AT else None,
        needs_second=_needs_second(),
    )


@require_POST
@office_only()
def apply(request: HttpRequest, user: User, upload_id: int) -> HttpResponse:
    """Ask for a file to be taken; against a rule with a reason, and then with a second pair of eyes."""
    sent = _sent_or_404(upload_id)
    reason = " ".join(request.POST.get("reden", "").split())
    try:
        job = uploads.ask_apply(
            sent.upload,
            by=user,
            at=timezone.now(),
            reason=reason,
            needs_second=bool(reason) and _needs_second(),
        )
    except AlreadyAsked as there:
        messages.info(request, "Er wordt al een bestand van deze soort ingelezen. Hieronder zie je hoe ver dat staat.")
        return _to_file_of(there.job)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
        return redirect("distribution:office-file", upload_id)
    office_page.begin(job)
    return redirect("distribution:office-file", upload_id)


@require_POST
@office_only()
def turn_down(request: HttpRequest, user: User, upload_id: int) -> HttpResponse:
    """Not this file: it goes."""
    sent = _sent_or_404(upload_id)
    try:
        uploads.turn_down(sent.upload, by=user, at=timezone.now())
    except DistributionError as refusal:
        messages.error(request, str(refusal))
        return redirect("distribution:office-file", upload_id)
    messages.success(request, f"{sent.upload.name} is afgewezen en wordt niet bewaard.")
    year = sent.upload.card_year
    return redirect(f"{_files()}?jaar={year.year}" if year else _files())


@require_POST
@office_only()
def look_again(request: HttpRequest, user: User, upload_id: int) -> HttpResponse:
    """The difference anew, for a look that failed or a year that changed meanwhile."""
    sent = _sent_or_404(upload_id)
    try:
        job = uploads.look_again(sent.upload, by=user, at=timezone.now())
        office_page.ring(job.pk)
    except AlreadyAsked as there:
        return _to_file_of(there.job)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
    return redirect("distribution:office-file", upload_id)


@require_safe
@office_only()
def example(request: HttpRequest, user: User, file_kind: str) -> HttpResponse:
    """A table with the columns of one kind and one fictitious row."""
    kind = words.BY_SLUG.get(file_kind)
    if kind is None:
        raise Http404
    answer = HttpResponse(examples.table(kind.kind), content_type="text/csv; charset=utf-8; header=present")
    answer["Content-Disposition"] = f'attachment; filename="voorbeeld-{kind.slug}.csv"'
    return answer


def _told(sent: Sent) -> tuple[Sent, words.FileKind, words.StateWords]:
    return sent, words.kind_of(sent.upload.kind, sent.upload.source), words.STATES[sent.state]


def _needs_second() -> bool:
    return bool(settings.FOUR_EYES) and four_eyes.asks_for_second(JobKind.APPLY, is_forced=True)


def _sent_or_404(upload_id: int) -> Sent:
    sent = sent_files.get(upload_id)
    if sent is None:
        raise Http404
    return sent


def _to_file_of(job: Job) -> HttpResponse:
    return redirect("distribution:office-file", job.upload_id)


def _files() -> str:
    return reverse("distribution:office-files")
