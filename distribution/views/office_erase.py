"""/beheer/wissen/: what is kept under one staff number, handed out or forgotten (GDPR 15 and 17).

Also for whom no page in /beheer/mensen/ exists, because the number only stands on a list. The number is only ever in the
body of a POST. One person is not many and nothing is overruled here, so no second pair of eyes is asked (rules/four_eyes.py);
a card that still has to go out is overruled by the command alone.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from distribution.actions import erasure, readings
from distribution.enums import ReadingKind
from distribution.queries import subject_access
from distribution.rules import staff_number
from distribution.rules.staff_number import Code
from distribution.views import office_person_rights as rights
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User

NO_NUMBER = "Dit is geen stamboeknummer. Typ de 11 cijfers."
NATIONAL_REGISTER_NUMBER = (
    "Dit lijkt een rijksregisternummer. Dat mogen we niet gebruiken en het is niet bewaard. Vraag het stamboeknummer."
)
OTHER_NUMBER = "Dit is niet hetzelfde stamboeknummer. Er is niets gewist."


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def index(request: HttpRequest, user: User) -> HttpResponse:
    """The number and why; then how much there is of it; then a file of it, or it is erased (`wat`)."""
    asked = Asked(request, user, tab="erase")
    if request.method != "POST":
        return _first(asked)
    why = " ".join(request.POST.get("waarom", "").split())[: erasure.LONGEST_REASON]
    number, refusal = _number(request.POST.get("nummer", ""))
    if not number:
        return _first(asked, why=why, number_refusal=refusal)
    what = request.POST.get("wat", "")
    if what == "wis":
        return _erase(asked, number, why=why)
    if not why:
        return _first(asked, why_refusal=str(erasure.NoReason()))
    if what in rights.FORMS:
        return _file(asked, number, form=what, why=why)
    return _look(asked, number, why=why)


def _first(asked: Asked, **said: str) -> HttpResponse:
    """What was typed as a number is not shown again: it may be a national register number."""
    return asked.page("erase", longest=erasure.LONGEST_REASON, **said)


def _look(asked: Asked, number: str, *, why: str, **more: Any) -> HttpResponse:
    """How many rows of each kind; that it was asked is written down, also when there are none."""
    dossier = subject_access.dossier(number, at=asked.at)
    readings.note(
        ReadingKind.OFFICE,
        by=asked.user,
        point_id=None,
        at=asked.at,
        cards=dossier.cards,
        count=0 if dossier.is_empty else 1,
        term=number,
        reason=why,
        secret=settings.SECRET_KEY,
    )
    if dossier.is_empty:
        return _first(asked, why=why, number_refusal=str(erasure.NobodyKnown(number)))
    return asked.page(
        "erase_kept",
        number=number,
        why=why,
        counts=dossier.counts,
        card_years=[one.year for one in dossier.years],
        longest=erasure.LONGEST_REASON,
        **more,
    )


def _file(asked: Asked, number: str, *, form: str, why: str) -> HttpResponse:
    try:
        return rights.as_file(asked, number, form=form, reason=why)
    except erasure.NobodyKnown as refused:
        return _first(asked, why=why, number_refusal=str(refused))


def _erase(asked: Asked, number: str, *, why: str) -> HttpResponse:
    again, _ = _number(asked.request.POST.get("opnieuw", ""))
    if again != number:
        return _look(asked, number, why=why, again_refusal=OTHER_NUMBER)
    done, refusal = rights.erased(asked, number, why=why)
    if done is None:
        return _look(asked, number, why=why, refusal=refusal)
    return asked.page("erase_done", done=done, rows=sum(done.counts.values()))


def _number(typed: str) -> tuple[str, str]:
    """Eleven digits, or nothing and why; a typing error in the check digits is let through, for that may be how it is kept."""
    try:
        return staff_number.parse(typed, strict=False).digits, ""
    except staff_number.Refused as refused:
        return "", NATIONAL_REGISTER_NUMBER if refused.code == Code.NATIONAL_REGISTER_NUMBER else NO_NUMBER
