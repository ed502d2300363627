"""A point's own data, changed by its managers in two steps: look at what it does, then save. Nothing changes by looking."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pickup_points.actions import own_data as actions
from pickup_points.desks import Desk
from pickup_points.forms import OwnDataForm, typed
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.http import at_desk
from pickup_points.intake import change_words, own_data
from pickup_points.intake.own_data import OwnData
from pickup_points.models import PointChange, PointYear
from pickup_points.queries import Season
from pickup_points.views import own_data_words as words

Shown = Callable[[dt.date], Season | None]
# The people whose card of a year still waits at a point: places know no cards, the project hands this in.
Waiting = Callable[[int, int], int]
SALT = "pickup_points.own_data"
CHANGES_SHOWN = 30
SAVED = "Bewaard. Iedereen ziet het meteen: op de pagina van jullie afhaalpunt en bij het opzoeken van een kaart."


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(as_manager=True)
def index(request: HttpRequest, desk: Desk, *, shown: Shown, waiting: Waiting) -> HttpResponse:
    """GET: the form. POST `step=review`: what would change; `step=save`: change it; `step=edit`: back to the form."""
    now = timezone.now()
    page = _Page(request, desk, shown(now.astimezone(BRUSSELS).date()), now)
    if request.method != "POST":
        return page.form(OwnDataForm(initial=typed(page.current), period=page.period))
    if request.POST.get("step") == "edit":
        return page.form(OwnDataForm(initial=request.POST.dict(), period=page.period), basis=page.sent_basis)
    form = OwnDataForm(request.POST, period=page.period)
    if not form.is_valid():
        return page.form(form, basis=page.sent_basis, status=422)
    if request.POST.get("step") == "save":
        return _save(page, form)
    if page.sent_basis != page.current:
        return page.refused(form, own_data.changes(page.sent_basis, page.current) if page.sent_basis else {})
    return page.review(form, waiting=waiting)


def _save(page: "_Page", form: OwnDataForm) -> HttpResponse:
    if page.sent_basis is None:
        return page.refused(form, {})
    year = page.part.year if page.part else None
    try:
        change = actions.save(page.desk, wanted=form.wanted, basis=page.sent_basis, year=year, at=page.now)
    except actions.ChangedMeanwhile as refused:
        page.current = refused.current
        return page.refused(form, refused.changes)
    if change:
        messages.success(page.request, SAVED, extra_tags="good")
    else:
        messages.info(page.request, "Er was niets veranderd.")
    return redirect("pickup_points:own-data", page.desk.point.code)


class _Page:
    """One request for the page: what is kept now, and the three ways to answer."""

    def __init__(self, request: HttpRequest, desk: Desk, season: Season | None, now: dt.datetime) -> None:
        self.request, self.desk, self.now = request, desk, now
        self.part = PointYear.objects.filter(point=desk.point, year=season.year).first() if season else None
        # A point that takes no part in the year has no period of its own.
        self.season = season if self.part else None
        self.period = (self.season.collect_from, self.season.collect_until) if self.season else None
        self.current = own_data.of(desk.point, self.part)
        self.sent_basis = self._read_basis()

    def _read_basis(self) -> OwnData | None:
        """What was kept when this person opened the form, signed by us; None when that cannot be read."""
        try:
            return own_data.from_json(signing.loads(self.request.POST.get("basis", ""), salt=SALT))
        except (signing.BadSignature, KeyError, TypeError, ValueError):
            return None

    def form(self, form: OwnDataForm, *, basis: OwnData | None = None, status: int = 200, **more: Any) -> HttpResponse:
        history = [
            (change, change_words.lines(change.fields))
            for change in PointChange.objects.filter(point=self.desk.point).select_related("by")[:CHANGES_SHOWN]
        ]
        context = {
            "form": form,
            "history": history,
            "feasts": words.feasts_open(self.current, self.season, self.now.astimezone(BRUSSELS).date()),
            "office_email": settings.OFFICE_EMAIL,
        }
        return self._render("own_data", context | more, basis=basis or self.current, status=status)

    def refused(self, form: OwnDataForm, changes: own_data.Changes) -> HttpResponse:
        """Somebody saved in between: what was typed stays, and starts from how it is now."""
        return self.form(form, status=409, meanwhile=change_words.lines(changes))

    def review(self, form: OwnDataForm, *, waiting: Waiting) -> HttpResponse:
        wanted = form.wanted
        count = waiting(self.desk.point.pk, self.season.year) if self.season else 0
        changes = own_data.changes(self.current, wanted)
        shown = words.review(self.current, wanted, changes=changes, season=self.season, waiting=count, at=self.now)
        return self._render("own_data_review", {"form": form, "review": shown, "waiting": count}, basis=self.current)

    def _render(self, template: str, context: dict[str, Any], *, basis: OwnData, status: int = 200) -> HttpResponse:
        context |= {
            "desk": self.desk,
            "tab": "own-data",
            "season": self.season,
            "basis": signing.dumps(basis.as_json(), salt=SALT),
        }
        return render(self.request, f"pickup_points/{template}.html", context, status=status)
