"""/beheer/punten/: Klasse edits a point in two steps (look, then save), adds one, and lets it join a year."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from pickup_points.actions import places
from pickup_points.forms import PlaceForm, typed_place
from pickup_points.http import office_only
from pickup_points.intake import change_words, own_data, place_data
from pickup_points.intake.place_data import NOTHING_YET, PlaceData
from pickup_points.models import PickupPoint, PointYear, ServedPostcode, User
from pickup_points.views import own_data_words as words
from pickup_points.views.office_asked import Asked, Asking, Waiting, point_or_404, season_of, to_point

SALT = "pickup_points.place_data"
SAVED = "Bewaard. Iedereen ziet het meteen."
# More than all postcodes there are.
MOST_POSTCODES = 2_000


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def edit(
    request: HttpRequest, user: User, code: str, *, asked: Asking, waiting: Waiting, shown: object
) -> HttpResponse:
    """GET: the form. POST `step=review`: what would change; `step=save`: change it; `step=edit`: back to the form."""
    return _Page(asked(request, user, tab="points"), user, point_or_404(code)).answer(waiting)


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def new(request: HttpRequest, user: User, *, asked: Asking, waiting: Waiting, shown: object) -> HttpResponse:
    """The same for a point that is not there yet; it takes part in the year that is asked about."""
    return _Page(asked(request, user, tab="points"), user, None).answer(waiting)


@require_POST
@office_only()
def join(
    request: HttpRequest, user: User, code: str, *, asked: Asking, shown: object, **project: object
) -> HttpResponse:
    """Let a point that is known from another year take part in this one."""
    page = asked(request, user, tab="points")
    if page.year is None:
        raise Http404
    places.join(point_or_404(code), year=page.year.year, by=user, at=page.at)
    messages.success(
        request, f"Dit afhaalpunt doet mee in {page.year.year}. Geef het nog postcodes en kijk de uren na.", "good"
    )
    return to_point(page, code, name="pickup_points:office-place")


@require_POST
@office_only()
def serve(request: HttpRequest, user: User, *, asked: Asking, shown: object, **project: object) -> HttpResponse:
    """Give the postcodes that were ticked to a point, and back to the page of postcodes as it was filtered."""
    page = asked(request, user, tab="points")
    if page.year is None:
        raise Http404
    ticked = [one for one in request.POST.getlist("postcode")[:MOST_POSTCODES] if len(one) == 4 and one.isdecimal()]
    point = PickupPoint.objects.filter(code=request.POST.get("naar", "")).first()
    if not ticked:
        messages.warning(request, "Vink minstens één postcode aan.", "care")
    elif point is None:
        messages.warning(request, "Kies bij welk afhaalpunt deze postcodes horen.", "care")
    else:
        try:
            places.serve(ticked, point=point, year=page.year.year, by=user, at=page.at)
        except places.PlaceRefused as refused:
            messages.warning(request, str(refused), "care")
        else:
            many = f"{len(ticked)} postcodes horen" if len(ticked) > 1 else f"Postcode {ticked[0]} hoort"
            messages.success(request, f"{many} nu bij {point}.", "good")
    answer = redirect("distribution:office-postcodes")
    query = request.GET.urlencode()
    answer["Location"] += f"?{query}" if query else ""
    return answer


class _Page:
    """One request for the form of a point, known or new."""

    def __init__(self, asked: Asked, user: User, point: PickupPoint | None) -> None:
        self.asked, self.request, self.user, self.point = asked, asked.request, user, point
        self.season = season_of(asked)
        year = self.season.year if self.season else None
        self.part = PointYear.objects.filter(point=point, year=year).first() if point and year else None
        # A new point joins the year that is asked about; a known one that takes no part has no dates and no postcodes.
        if point and not self.part:
            self.season = None
        self.period = (self.season.collect_from, self.season.collect_until) if self.season else None
        self.current = place_data.of(point, self.part) if point else NOTHING_YET
        self.sent_basis = self._read_basis()

    def answer(self, waiting: Waiting) -> HttpResponse:
        if self.request.method != "POST":
            return self._form(self._new_form(initial=typed_place(self.current)))
        if self.request.POST.get("step") == "edit":
            return self._form(self._new_form(initial=self.request.POST.dict()), basis=self.sent_basis)
        form = self._new_form(self.request.POST)
        if not form.is_valid():
            return self._form(form, basis=self.sent_basis, status=422)
        if self.request.POST.get("step") == "save":
            return self._save(form)
        if self.sent_basis != self.current:
            return self._refused(form, place_data.changes(self.sent_basis, self.current) if self.sent_basis else {})
        if "code" in form.fields and PickupPoint.objects.filter(code=form.cleaned_data["code"]).exists():
            form.add_error("code", str(places.CodeTaken()))
            return self._form(form, basis=self.sent_basis, status=422)
        return self._review(form, waiting)

    def _save(self, form: PlaceForm) -> HttpResponse:
        if self.sent_basis is None:
            return self._refused(form, {})
        year = self.season.year if self.season else None
        try:
            if self.point is None:
                code = form.cleaned_data["code"]
                places.create(code, wanted=form.place, year=year, by=self.user, at=self.asked.at)
                messages.success(self.request, "Het afhaalpunt is er. Nodig nu een beheerder uit.", "good")
                return to_point(self.asked, code)
            change = places.save(
                self.point, wanted=form.place, basis=self.sent_basis, year=year, by=self.user, at=self.asked.at
            )
        except places.PlaceChanged as refused:
            self.current = refused.current
            return self._refused(form, refused.changes)
        except places.CodeTaken as refused:
            form.add_error("code", str(refused))
            return self._form(form, basis=self.sent_basis, status=422)
        except places.Stopped as refused:
            form.add_error(None, str(refused))
            return self._form(form, basis=self.sent_basis, status=422)
        if change:
            messages.success(self.request, SAVED, "good")
        else:
            messages.info(self.request, "Er was niets veranderd.")
        return to_point(self.asked, self.point.code)

    def _new_form(self, data: Any = None, **more: Any) -> PlaceForm:
        is_open = self.season is not None and not (self.part and self.part.stopped_at)
        return PlaceForm(data, period=self.period, needs_code=self.point is None, has_postcodes=is_open, **more)

    def _read_basis(self) -> PlaceData | None:
        """What was kept when this person opened the form, signed by us; None when that cannot be read."""
        try:
            return place_data.from_json(signing.loads(self.request.POST.get("basis", ""), salt=SALT))
        except (signing.BadSignature, KeyError, TypeError, ValueError):
            return None

    def _form(self, form: PlaceForm, *, basis: PlaceData | None = None, status: int = 200, **more: Any) -> HttpResponse:
        today = self.asked.at.date()
        feasts = words.feasts_open(self.current.own, self.season, today)
        return self._render("point_form", {"form": form, "feasts": feasts} | more, basis=basis, status=status)

    def _refused(self, form: PlaceForm, changes: own_data.Changes) -> HttpResponse:
        """Somebody saved in between: what was typed stays, and starts from how it is now."""
        return self._form(form, status=409, meanwhile=change_words.lines(changes))

    def _review(self, form: PlaceForm, waiting: Waiting) -> HttpResponse:
        wanted = form.place
        count = waiting(self.point.pk, self.season.year) if self.season and self.point else 0
        changes = place_data.changes(self.current, wanted)
        review = words.review(
            self.current.own, wanted.own, changes=changes, season=self.season, waiting=count, at=self.asked.at
        )
        return self._render(
            "point_review",
            {
                "form": form,
                "review": review,
                "waiting": count,
                "taken": self._taken(wanted),
                "is_shown": bool(self.season and self.point),
            },
        )

    def _taken(self, wanted: PlaceData) -> list[tuple[str, str]]:
        """The postcodes that another point would lose, with its name."""
        if self.season is None:
            return []
        served = ServedPostcode.objects.filter(
            year=self.season.year, is_choice=False, postcode__in=set(wanted.serves) - set(self.current.serves)
        )
        return list(served.order_by("postcode").values_list("postcode", "point__name"))

    def _render(
        self, template: str, context: dict[str, Any], *, basis: PlaceData | None = None, status: int = 200
    ) -> HttpResponse:
        context |= {
            "point": self.point,
            "part": self.part,
            "season": self.season,
            "basis": signing.dumps((basis or self.current).as_json(), salt=SALT),
        }
        answer = self.asked.page(template, **context)
        answer.status_code = status
        return answer
