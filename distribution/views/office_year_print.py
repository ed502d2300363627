"""From cards to boxes: freezing, the print run, the pickup lists, the starter mailings."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from distribution.actions.print_run import BOX_SIZE, LARGEST_BOX, SMALLEST_BOX
from distribution.actions.rule_tables import CHANGED
from distribution.enums import JobKind, Source
from distribution.models import Job, PersonnelImport, Upload
from distribution.queries import batches, starter_lists, year_jobs
from distribution.views import office_page
from distribution.views import office_year_words as words
from distribution.views.office_year import AskedYear, needs_second
from distribution.views.office_year_run import FORMATS
from pickup_points.http import office_only
from pickup_points.models import User

LONGEST_NUMBER = 12


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def freeze(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """Who types the number of cards knows how many there are."""
    asked = AskedYear(request, user, year=year, section="freeze")
    card_year = asked.card_year
    loose = batches.loose(card_year)
    changed = year_jobs.changed_since(card_year, card_year.last_run_at) if card_year.last_run_at else []
    has_new_rules = CHANGED in changed
    typed, error = request.POST.get("aantal", "")[:LONGEST_NUMBER], ""
    if request.method == "POST" and loose.cards and not has_new_rules:
        if _number(typed) == loose.cards:
            return office_page.start(
                request,
                JobKind.FREEZE,
                card_year=card_year,
                by=user,
                options={"cards": loose.cards},
                needs_second=needs_second(JobKind.FREEZE),
            )
        error = "Dit is niet het aantal kaarten dat hierboven staat. Kijk het na en typ het over."
    return asked.page(
        "freeze",
        loose=loose,
        ways=[(way.label, number) for way, number in loose.ways.items()],
        batches=batches.of_year(card_year),
        changed=[words.READ_IN[kind] for kind in changed],
        has_new_rules=has_new_rules,
        going_on=year_jobs.going_on(card_year, JobKind.FREEZE),
        refused=_latest_refusal(asked),
        needs_second=needs_second(JobKind.FREEZE),
        typed=typed,
        error=error,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def print_run(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """The files for the printer, the mailing house and the boxes, batch by batch."""
    asked = AskedYear(request, user, year=year, section="print")
    card_year = asked.card_year
    all_batches = batches.of_year(card_year)
    error = ""
    if request.method == "POST":
        chosen = next((one for one in all_batches if str(one.batch.number) == request.POST.get("reeks")), None)
        if chosen is None:
            messages.warning(request, "Kies een drukreeks die bevroren is.")
            return redirect("distribution:office-year-print", year)
        box_size = _number(request.POST.get("doos", ""))
        if box_size is not None and SMALLEST_BOX <= box_size <= LARGEST_BOX:
            return office_page.start(
                request,
                JobKind.PRINT,
                card_year=card_year,
                by=user,
                options={"batch": chosen.batch.number, "box_size": box_size},
                needs_second=needs_second(JobKind.PRINT, people=chosen.batch.cards),
            )
        error = f"In een doos gaan {SMALLEST_BOX} tot {LARGEST_BOX} kaarten."
    made = year_jobs.fetched(card_year, JobKind.PRINT)
    return asked.page(
        "print",
        batches=[
            (
                one,
                [job for job in made if job.options.get("batch") == one.batch.number],
                needs_second(JobKind.PRINT, people=one.batch.cards),
            )
            for one in reversed(all_batches)
        ],
        box_size=next((one.told["box_size"] for one in reversed(all_batches) if "box_size" in one.told), BOX_SIZE),
        going_on=year_jobs.going_on(card_year, JobKind.PRINT),
        loose=batches.loose(card_year).cards,
        error=error,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def lists(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """The pickup lists of all points in one file, or only what was added since."""
    asked = AskedYear(request, user, year=year, section="lists")
    card_year = asked.card_year
    revisions, cards = batches.revisions(card_year), batches.to_fetch(card_year)
    if request.method == "POST":
        typed = request.POST.get("sinds", "")
        since = next((one.number for one in revisions if str(one.number) == typed), None)
        if typed and since is None:
            raise Http404
        options = {"xlsx": request.POST.get("xlsx") == "ja"} | ({"since": since} if since else {})
        # A list of additions may hold everyone of a point that is new: it counts as the whole.
        second = needs_second(JobKind.LISTS, people=cards)
        return office_page.start(
            request, JobKind.LISTS, card_year=card_year, by=user, options=options, needs_second=second
        )
    return asked.page(
        "lists",
        cards=cards,
        revisions=revisions,
        is_frozen=asked.is_frozen,
        going_on=year_jobs.going_on(card_year, JobKind.LISTS),
        made=year_jobs.fetched(card_year, JobKind.LISTS),
        needs_second=needs_second(JobKind.LISTS, people=cards),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def starters(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """Each starter mailing with its cards, its list, and what was fetched of it."""
    asked = AskedYear(request, user, year=year, section="starters")
    card_year = asked.card_year
    mailings = starter_lists.mailings(card_year)
    if request.method == "POST":
        chosen = next((one for one in mailings if one.on.isoformat() == request.POST.get("mailing")), None)
        if chosen is None:
            raise Http404
        parts = {str(part.number): part for part in chosen.batches}
        part = parts.get(request.POST.get("reeks", ""))
        kind = request.POST.get("formaat", "")
        options: dict[str, object] = {
            "mailing_on": chosen.on.isoformat(),
            "format": kind if kind in FORMATS else FORMATS[0],
        }
        if part is not None:
            options["batch"] = part.number
        people = part.cards if part else chosen.cards
        if not people:
            messages.warning(request, "Voor deze mailing zijn er nog geen bevroren kaarten.")
            return redirect("distribution:office-year-starters", year)
        return office_page.start(
            request,
            JobKind.STARTERS,
            card_year=card_year,
            by=user,
            options=options,
            needs_second=needs_second(JobKind.STARTERS, people=people),
        )
    made = year_jobs.fetched(card_year, JobKind.STARTERS)
    today = timezone.localdate(asked.at)
    return asked.page(
        "starters",
        mailings=[
            (
                one,
                one.on < today,
                [job for job in made if job.options.get("mailing_on") == one.on.isoformat()],
                _not_fetched(one, made),
                needs_second(JobKind.STARTERS, people=one.cards),
            )
            for one in mailings
        ],
        going_on=year_jobs.going_on(card_year, JobKind.STARTERS),
    )


@require_safe
@office_only()
def institutions(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """The people whom schools sent themselves, because they are not in the personnel record."""
    asked = AskedYear(request, user, year=year, section="institutions")
    found = batches.institutions(asked.card_year)
    imports = PersonnelImport.objects.filter(card_year=asked.card_year, source=Source.INSTITUTION).select_related("by")
    uploads = Upload.objects.filter(card_year=asked.card_year, source=Source.INSTITUTION, is_applied=True)
    sent_in = {upload.sha256: upload for upload in uploads.order_by("pk")}
    return asked.page(
        "institutions",
        institutions=found,
        people=sum(one.people for one in found),
        # What a command read in was not sent in.
        imports=[(one, sent_in.get(one.sha256)) for one in imports[: year_jobs.SHOWN]],
    )


def _not_fetched(mailing: starter_lists.Mailing, made: list[Job]) -> int:
    """How many frozen cards of a mailing are on no list that was made: who came late."""
    on = mailing.on.isoformat()
    seen: set[int] = set()
    for job in made:
        if job.options.get("mailing_on") == on:
            known = job.options.get("batch")
            seen |= {known} if known else set(job.result.get("batches", []))
    return sum(part.cards for part in mailing.batches if part.number not in seen)


def _latest_refusal(asked: AskedYear) -> Job | None:
    """The last try to freeze, when a rule said no to it."""
    latest = year_jobs.latest(asked.card_year, JobKind.FREEZE, is_done=False)
    return latest if latest and latest.state == "refused" else None


def _number(typed: str) -> int | None:
    """`222 000`, `222.000` and `222000` are the same number."""
    digits = "".join(typed.replace(".", "").split())
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER else None
