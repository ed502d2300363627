"""/beheer/punten/postcodes/: which point serves which postcode, and who is left out."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.queries import office_postcodes
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User
from pickup_points.queries import PROVINCES

LONGEST_TYPED = 60
# A group smaller than this is not shown to who may see no persons.
FEWEST = 5


@require_safe
@office_only(may_read=True)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """Every postcode, unserved first; to search, to filter, and for the office to give to a point."""
    asked = Asked(request, user, tab="points")
    card_year = asked.year_or_404()
    found = office_postcodes.coverage(card_year)
    typed = " ".join(request.GET.get("zoek", "").split())[:LONGEST_TYPED]
    province = request.GET.get("provincie", "")
    province = province if province in PROVINCES else ""
    is_unserved = request.GET.get("zonder", "") == "1"
    unserved = [one for one in found if one.serving is None]
    inhabited = sum(one.people > 0 for one in unserved)
    query = {"jaar": str(card_year.year) if request.GET.get("jaar") else "", "zoek": typed, "provincie": province}
    query |= {"zonder": "1" if is_unserved else ""}
    return asked.page(
        "postcodes",
        postcodes=office_postcodes.chosen(found, province=province, typed=typed, is_unserved=is_unserved),
        all_postcodes=len(found),
        unserved=len(unserved),
        inhabited=inhabited,
        empty=len(unserved) - inhabited,
        people_unserved=sum(one.people for one in unserved),
        provinces=[name for name in PROVINCES if any(one.province == name for one in found)],
        province=province,
        typed=typed,
        is_unserved=is_unserved,
        points=office_postcodes.can_serve(card_year) if asked.may_see_persons else (),
        is_frozen=office_postcodes.is_frozen(card_year),
        fewest=FEWEST,
        # The way back after giving: the same list.
        query=urlencode({name: value for name, value in query.items() if value}),
    )
