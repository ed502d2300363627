"""/beheer/<jaar>/regels/: the dates, who is entitled, what takes the right away, and what differs from last year."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from distribution.actions import rule_tables
from distribution.errors import DistributionError
from distribution.forms.years import RulesForm
from distribution.queries import year_jobs, years
from distribution.queries.kind_words import CATEGORY_WORDS, LEVEL_WORDS
from distribution.rules.eligibility import CATEGORIES, LEVELS
from distribution.rules.year_rules import Difference, YearRules, differ
from distribution.views import office_year_words as words
from distribution.views.office_year import AskedYear
from pickup_points.http import office_only
from pickup_points.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def rules(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """Editable until the run; after it readable, and editable when asked for, because it means running again."""
    asked = AskedYear(request, user, year=year, section="rules")
    card_year = asked.card_year
    is_frozen, is_run = asked.is_frozen, card_year.last_run_at is not None
    now = years.rules(card_year)
    form = RulesForm(request.POST if request.method == "POST" else None, rules=now, year=year)
    seen = request.POST.get("gezien", "")[:64]
    if request.method == "POST" and form.is_valid():
        try:
            changed = rule_tables.change(card_year, wanted=form.wanted, seen=seen, at=asked.at, by=user)
        except rule_tables.RulesChangedMeanwhile as refusal:
            messages.warning(request, str(refusal))
            return redirect("distribution:office-year-rules", year)
        except DistributionError as refusal:
            form.add_error(None, str(refusal))
        else:
            _say(request, changed, is_run=is_run)
            return redirect("distribution:office-year-rules", year)
    before = years.before(year)
    earlier = years.rules(before) if before else None
    apart = differ(earlier, now, years_between=year - before.year) if earlier and before else None
    wants_change = request.method == "POST" or request.GET.get("wijzig") == "ja"
    return asked.page(
        "rules",
        form=form,
        rules=now,
        # What a form that was refused showed, not what there is by now.
        seen=seen or now.stamp,
        is_frozen=is_frozen,
        is_run=is_run,
        is_editable=not is_frozen and (not is_run or wants_change),
        before=before,
        differences=list(words.difference(apart)) if apart else [],
        grid=_grid(form, now, earlier),
        categories=[CATEGORY_WORDS[category] for category in CATEGORIES],
        changed=year_jobs.latest_event(card_year, rule_tables.CHANGED),
    )


def _say(request: HttpRequest, changed: Difference, *, is_run: bool) -> None:
    if not changed:
        messages.info(request, "Je veranderde niets.")
        return
    messages.success(request, "De regels zijn bewaard.")
    if is_run and changed.needs_run:
        messages.warning(request, "Ken nu opnieuw toe: de kaarten volgen nog de vorige regels.")


Cell = tuple[str, str, bool, str]


def _grid(form: RulesForm, now: YearRules, earlier: YearRules | None) -> list[tuple[str, list[Cell]]]:
    """Per level a cell for each category: its value, its words, whether it is ticked, and how it differs from last year."""
    ticked = form.ticked
    table = []
    for level in LEVELS:
        cells: list[Cell] = []
        for category in CATEGORIES:
            kind, apart = (level, category), ""
            if earlier and (kind in now.entitled) != (kind in earlier.entitled):
                apart = "vorig jaar niet" if kind in now.entitled else "vorig jaar wel"
            cells.append((f"{level}:{category}", CATEGORY_WORDS[category], kind in ticked, apart))
        table.append((LEVEL_WORDS[level], cells))
    return table
