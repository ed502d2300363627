"""/beheer/: where the year stands, what asks for attention, and one point. Readers of figures see the same, without persons."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.actions import readings
from distribution.enums import ReadingKind
from distribution.models import CardYear
from distribution.queries import office, office_attention, office_people, office_points, office_work, pending_changes
from distribution.queries.office import Progress, Stage, Step
from distribution.queries.office_points import OF_POINTS, Concern
from distribution.rules import rates
from distribution.rules.reconciliation_total import Total
from distribution.views import office_mail, office_points_list, office_settlement, office_words, office_year
from distribution.views.office_page import Asked
from pickup_points import hours
from pickup_points.desks import colleagues_at
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.http import office_only
from pickup_points.intake import change_words
from pickup_points.models import User

DAYS_SHOWN = 7
# A group smaller than this is not shown to who may see no persons.
FEWEST = 5


@require_safe
@office_only(may_read=True)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """The year as a picture of its stages, and what asks for attention."""
    asked = Asked(request, user, tab="year")
    if asked.year is None:
        return asked.page("no_year")
    rows = asked.rows(asked.year)
    picture = office.picture(asked.year, rows, at=asked.at)
    items = office_attention.items(asked.year, rows, at=asked.at)
    total = office_points.total(rows, tolerance=asked.tolerance)
    lead = partial(
        office_words.page,
        year=asked.year.year,
        of_year=f"?jaar={asked.year.year}" if request.GET.get("jaar") else "",
        is_reader=not asked.may_see_persons,
    )
    told = [(item, _concern_words(asked, item.concern, is_frozen=item.is_frozen)) for item in items]
    return asked.page(
        "index",
        picture=picture,
        stages=[
            (stage, office_words.STEPS[stage.step], _progress(stage), _still_open(stage.step, lead(stage.step)))
            for stage in picture.stages
        ],
        next=office_words.next_step(
            picture.next_step, is_quiet=not any(item.count for item in items), is_reader=not asked.may_see_persons
        ),
        next_address=_still_open(picture.next_step, lead(picture.next_step)) if picture.next_step else "",
        since_run=office_year.changed_since_run(asked.year),
        year_pages=office_year.pages(asked.year, is_reader=not asked.may_see_persons),
        doing=office_words.DOING[picture.next_step] if picture.next_step else "",
        total=_in_words(total) if total else "",
        has_best=total is not None and total.best is not None,
        is_estimate=total is not None and total.is_estimate,
        attention=[(item, words) for item, words in told if item.count],
        work=_work(asked),
        quiet=[(item, words) for item, words in told if item.count == 0],
        not_yet=[(item, words) for item, words in told if item.count is None],
    )


@require_safe
@office_only(may_read=True)
def attention(request: HttpRequest, user: User, item: str) -> HttpResponse:
    """What is behind one of the counts."""
    asked = Asked(request, user, tab="year")
    if item not in set(Concern) or asked.year is None:
        raise Http404
    concern = Concern(item)
    rows = asked.rows(asked.year)
    found = office_attention.item(concern, asked.year, rows, at=asked.at)
    context: dict[str, Any] = {
        "item": found,
        "words": _concern_words(asked, concern, is_frozen=found.is_frozen),
        "fewest": FEWEST,
    }
    if concern in OF_POINTS:
        context["points"] = [one for one in rows if concern in one.concerns]
        context["mail"] = office_mail.HELPS.get(concern, "") if asked.may_see_persons else ""
    elif concern == Concern.UNSERVED:
        context["postcodes"] = office_attention.unserved(asked.year, is_frozen=found.is_frozen) if rows else []
    elif concern == Concern.TRANSFERS:
        context["transfers"] = office_attention.slow_transfers(asked.year, at=asked.at)
    elif concern == Concern.PENDING:
        context["changes"] = _pending(asked.year)
    else:
        context |= _unassigned(asked, asked.year)
    return asked.page("attention", **context)


@require_safe
@office_only(may_read=True)
def point(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """One point in a year: its data, hours, people, figures and what it changed."""
    asked = Asked(request, user, tab="points")
    place = office_points.get(code)
    if asked.year is None or place is None:
        raise Http404
    row = office_points.row(asked.year, place, at=asked.at, tolerance=asked.tolerance)
    part = office_points.page_of(asked.year, place)
    today = asked.at.astimezone(BRUSSELS).date()
    return asked.page(
        "point",
        row=row,
        part=part,
        days=hours.days(row.schedule, from_=today, count=DAYS_SHOWN),
        today=today,
        colleagues=colleagues_at(place, seen_by=user) if asked.may_see_persons else (),
        grade=office_words.grade(row.figures) if row.grade else "",
        marking=row.tally.marking.label if row.tally.marking else "",
        concerns=[(one, _concern_words(asked, one, is_frozen=False)) for one in Concern if one in row.concerns],
        settlement_history=office_settlement.history(asked.year, place),
        mails=office_mail.letters_to(asked.year, place) if asked.may_see_persons else [],
        history=[(change, change_words.lines(change.fields)) for change in office_points.changes(place)],
    )


def _progress(stage: Stage) -> str:
    """How far a stage is; of one the year went on without, what is true of it: nobody chose to leave it out."""
    if stage.progress != Progress.SKIPPED:
        return office_words.PROGRESS[stage.progress]
    return "niet ingelezen" if stage.step == Step.SUBSCRIBERS else "hier niet gemaakt"


def _still_open(step: Step, address: str) -> str:
    """Where a stage is done; of settling only the points that still have to."""
    if not address or step not in {Step.CLOSING, Step.CLOSED}:
        return address
    return f"{address}{'&' if '?' in address else '?'}{office_points_list.OPEN}"


def _in_words(total: Total) -> str:
    """What was handed over of the cards that were sent to the points, with its margins."""
    shares = rates.margins(
        total.cards,
        best=total.best,
        low99=total.low99,
        high99=total.high99,
        lower=total.lower,
        upper=total.upper,
        counted=total.counted_share,
        is_estimate=total.is_estimate,
    )
    if shares.best is None and shares.lower is not None and shares.upper is not None:
        # Too few points counted to compare the others with: only the hard bounds are known.
        return f"tussen {rates.comma(shares.lower)} en {rates.comma(shares.upper)} % ({round(100 * (shares.counted or 0))} % van de kaarten geteld)"
    return rates.in_words(shares)


def _concern_words(asked: Asked, concern: Concern, *, is_frozen: bool) -> office_words.ConcernWords:
    return office_words.concern(concern, is_frozen=is_frozen, is_reader=not asked.may_see_persons)


def _work(asked: Asked) -> office_work.Asking | None:
    """What waits for a decision; readers have none to make."""
    if not asked.may_see_persons:
        return None
    return office_work.asking(at=asked.at, is_released_by_two=settings.FOUR_EYES)


def _pending(card_year: CardYear) -> list[tuple[str, int]]:
    """How many of each kind, in the words of the list."""
    return [(pending_changes.KINDS[kind], number) for kind, number in pending_changes.count(card_year).items()]


def _unassigned(asked: Asked, card_year: CardYear) -> dict[str, Any]:
    """Where they live; and for the office who they are, which is written down."""
    groups = office_attention.unassigned_groups(card_year)
    if not asked.may_see_persons:
        large = [one for one in groups if one.people >= FEWEST]
        return {"groups": large, "in_small_groups": sum(one.people for one in groups if one.people < FEWEST)}
    typed = asked.request.GET.get("blad", "")
    page = int(typed) if typed.isdecimal() and len(typed) <= 4 and int(typed) else 1
    people, has_more = office_attention.unassigned(card_year, page=page)
    if people:
        readings.note(
            ReadingKind.CARD,
            by=asked.user,
            point_id=None,
            at=asked.at,
            cards=[one.card_id for one in people],
            secret=settings.SECRET_KEY,
        )
    return {
        "groups": groups,
        "schools": office_attention.unassigned_schools(card_year),
        "choices": office_people.taking_part(card_year),
        "people": people,
        "page": page,
        "has_more": has_more,
    }
