"""/beheer/cijfers/tellen/: which points to ask for a count, so that the figure of the year gets as sure as wished."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from distribution.enums import MailingKind
from distribution.queries import what_to_count
from distribution.rules.rates import comma
from distribution.views import office_mail
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User

USUAL, NARROWEST, WIDEST = 2.0, 0.1, 50.0
# An address longer than this is turned down by some of the machines between here and there.
MAILED_TOGETHER = 250


@require_safe
@office_only(may_read=True)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """The fewest points whose count brings the interval under the width that is asked."""
    asked = Asked(request, user, tab="figures")
    if asked.year is None:
        return redirect("distribution:office-figures")
    typed = request.GET.get("breedte", "")
    wished = _number(typed) if typed else USUAL
    answer = what_to_count.answer(asked.year, wished=wished or USUAL, tolerance=asked.tolerance)
    mailed = answer.points[:MAILED_TOGETHER]
    return asked.page(
        "figures_count",
        typed=typed or comma(USUAL),
        is_wrong=wished is None,
        wished=comma(wished or USUAL),
        answer=answer,
        width=comma(answer.advice.width),
        expected=comma(answer.advice.expected),
        cards=sum(one.cards for one in answer.points),
        mail=_mail_address(request, [one.point.code for one in mailed]) if mailed and asked.may_see_persons else "",
        mailed=len(mailed),
    )


def _number(typed: str) -> float | None:
    """In percentage points, with a comma or a point; None for anything else."""
    text = typed.strip().removesuffix("%").strip().replace(",", ".")
    if not text.replace(".", "", 1).isdecimal() or len(text) > 6:
        return None
    return float(text) if NARROWEST <= float(text) <= WIDEST else None


def _mail_address(request: HttpRequest, codes: list[str]) -> str:
    """The mail that asks these points to count, with them chosen already."""
    page = reverse("distribution:office-mail-choose", args=[office_mail.KINDS[MailingKind.COUNT].slug])
    year = {name: value for name, value in request.GET.items() if name == "jaar"}
    return f"{page}?{urlencode({'punten': ','.join(codes)} | year, safe=',')}"
