"""`/api/v1/reports/`: the figures for programs of Klasse. Small groups are there without their numbers."""

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.api import desk_door
from distribution.api.desk_door import DeskDoor, HasSecondFactor
from distribution.api.problems import Problem
from distribution.api.serializers_desk import refusals
from distribution.api.serializers_reports import FiguresShape
from distribution.enums import FiguresBy
from distribution.queries import figures, figures_school_years, figures_words
from distribution.queries.figures_table import without_small_groups
from distribution.rules import year_span
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell

LONGEST = 20


class IsOfKlasse(BasePermission):
    """The office and its readers of figures."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_active or not user.klasse_role:
            tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="not_of_klasse")
            raise Problem(403, "not_allowed", "Deze cijfers zijn er voor de mensen van Klasse.")
        return True


class FiguresView(DeskDoor):
    """The figures, with their margins."""

    permission_classes = (IsAuthenticated, IsOfKlasse, HasSecondFactor)
    parameters = frozenset({"years", "by", "period", "borders"})

    @extend_schema(
        operation_id="reports_figures",
        summary="De cijfers per jaar, met hun marges",
        description="`null` is niet geteld, en dat is niet nul. Per gemeente, categorie en niveau staan groepen van minder dan vijf "
        "personen er zonder cijfers (`suppressed`). `totals` heeft per jaar één rij; `definition` zegt wat de cijfers betekenen.",
        parameters=[
            OpenApiParameter(
                "years", str, description="Eén jaar (`2027`) of van en tot en met (`2025-2027`); zonder: alle."
            ),
            OpenApiParameter(
                "by", str, enum=FiguresBy.values, description="Waarnaar uitgesplitst is; zonder: `channel`."
            ),
            OpenApiParameter(
                "period", str, enum=["calendar", "school"], description="`school`: gedateerde afgiftes per schooljaar."
            ),
            OpenApiParameter("borders", str, enum=["then", "now"], description="De grenzen van toen, of die van nu."),
        ],
        responses={200: FiguresShape} | refusals(400, 401, 403),
    )
    def get(self, request: Request) -> Response:
        years = desk_door.parameter(request.query_params, "years", longest=LONGEST, required=False)
        by = FiguresBy(_chosen(request, "by", FiguresBy.values))
        is_by_school_year = _chosen(request, "period", ["calendar", "school"]) == "school"
        borders = timezone.localdate().year if _chosen(request, "borders", ["then", "now"]) == "now" else None
        try:
            span = year_span.read(years) if years else None
        except year_span.BadYears as refusal:
            raise Problem(400, refusal.code, str(refusal)) from None
        if is_by_school_year:
            table = figures_school_years.school_years(span, by, borders=borders)
        else:
            tolerance = Tolerance(cards=settings.COUNT_TOLERANCE_CARDS, percent=settings.COUNT_TOLERANCE_PERCENT)
            table = figures.figures(span, by, tolerance=tolerance, borders=borders)
        return Response(figures_words.answer(without_small_groups(table)))


def _chosen(request: Request, name: str, words: list[str]) -> str:
    """One of these words; the first when nothing was chosen."""
    written = desk_door.parameter(request.query_params, name, longest=LONGEST, required=False) or words[0]
    if written not in words:
        raise Problem(400, "bad_value", f"De parameter {name} is een van: {', '.join(words)}.")
    return written
