"""/beheer/punten/: every point of the year, to search, to sort and to choose from, fifty to a page and all on the map."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.queries import office_points_list
from distribution.queries.office_points import OF_POINTS, Concern, PointRow
from distribution.queries.office_points_list import Order
from distribution.views import office_map, office_words
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User
from pickup_points.queries import PROVINCES

LONGEST_TYPED = 60
TOGETHER = 50
ORDERS = {
    Order.NAME: "gemeente en naam",
    Order.CARDS: "kaarten",
    Order.COLLECTED: "afgehaald",
    Order.WAITING: "wacht nog",
    Order.LATEST: "laatste afgifte",
    Order.STAFF: "collega's",
    Order.GRADE: "zekerheid",
}
# The part of an address that asks for the points that did not settle yet.
OPEN = "afrekening=open"
# What is the matter with a point, short enough to stand in its row.
TAGS = {
    Concern.NO_HOURS: "geen openingsuren",
    Concern.NO_COLLEAGUE: "niemand logde in",
    Concern.SILENT: "14 dagen stil",
    Concern.RECEIVED_FEWER: "minder aangekomen",
    Concern.QUARANTINE: "afrekening klopt niet",
    Concern.NOT_CLOSED: "nog niet afgesloten",
    Concern.LIST_MISSING: "lijst ontbreekt",
}


@require_safe
@office_only(may_read=True)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """The points asked for. What is not on the form is as if it was not asked."""
    asked = Asked(request, user, tab="points")
    rows = asked.rows(asked.year_or_404())
    provinces = [name for name in PROVINCES if any(one.province == name for one in rows)]
    province = _one_of(request.GET.get("provincie", ""), provinces)
    concern = _one_of(request.GET.get("aandacht", ""), [str(one) for one in OF_POINTS])
    typed = " ".join(request.GET.get("zoek", "").split())[:LONGEST_TYPED]
    is_open = request.GET.get("afrekening", "") == "open"
    sort = request.GET.get("sorteer", "")
    order = Order(_one_of(sort.removeprefix("-"), [str(one) for one in Order]) or Order.NAME)
    chosen = office_points_list.chosen(
        rows,
        province=province,
        concern=Concern(concern) if concern else None,
        typed=typed,
        is_open=is_open,
        order=order,
        is_descending=sort.startswith("-"),
    )
    pages = max(1, -(-len(chosen) // TOGETHER))
    number = _page(request.GET.get("blad", ""), pages)
    is_by_concern = request.GET.get("kleur") == "aandacht"
    return asked.page(
        "points",
        map=office_map.draw(chosen, is_by_concern=is_by_concern),
        by_share_url=_address(request, kleur=""),
        by_concern_url=_address(request, kleur="aandacht"),
        points=[(one, _tags(one)) for one in chosen[(number - 1) * TOGETHER : number * TOGETHER]],
        chosen=len(chosen),
        first=(number - 1) * TOGETHER + 1,
        last=min(number * TOGETHER, len(chosen)),
        pages=[(one, _address(request, blad=str(one) if one > 1 else "")) for one in range(1, pages + 1)],
        number=number,
        all_points=len(rows),
        provinces=provinces,
        province=province,
        concerns=[(one, office_words.CONCERNS[one].title) for one in OF_POINTS],
        concern=concern,
        typed=typed,
        is_open=is_open,
        orders=ORDERS.items(),
        order=order,
        is_descending=sort.startswith("-"),
        sums=(
            sum(one.cards for one in chosen),
            sum(one.collected for one in chosen),
            sum(one.waiting for one in chosen),
        ),
        grades=[(grade, words) for grade, words in office_words.GRADES.items() if any(one.grade for one in chosen)],
    )


def _tags(one: PointRow) -> list[str]:
    """What is the matter with it, in a fixed order."""
    return [TAGS[concern] for concern in OF_POINTS if concern in one.concerns]


def _page(typed: str, pages: int) -> int:
    """The page asked for; what is no page of this list is the first one."""
    number = int(typed) if typed.isdecimal() and len(typed) <= 4 else 1
    return number if 1 <= number <= pages else 1


def _address(request: HttpRequest, **changed: str) -> str:
    """The same list with something else; an empty value leaves it out. The map and the pages do not undo each other."""
    query = {name: value for name, value in request.GET.items() if value} | changed
    return f"?{urlencode({name: value for name, value in query.items() if value})}"


def _one_of(typed: str, allowed: list[str]) -> str:
    return typed if typed in allowed else ""
