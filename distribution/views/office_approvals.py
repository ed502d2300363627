"""/beheer/goedkeuren/: what waits for a second pair of eyes, and what was decided."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.actions.second_eyes import what
from distribution.models import Job
from distribution.queries import approvals
from distribution.views import office_second
from distribution.views.office_page import Asked
from pickup_points import desks
from pickup_points.http import office_only
from pickup_points.models import User


@require_safe
@office_only()
def index(request: HttpRequest, user: User) -> HttpResponse:
    """What waits for you, what of yours waits for others, and what was decided lately."""
    asked = Asked(request, user, tab="approvals")
    found = approvals.of(user, at=asked.at, is_on=settings.FOUR_EYES)
    return asked.page(
        "approvals",
        for_me=[
            (job, words, second)
            for (job, words), second in zip(_told(found.for_me), office_second.looks(found.for_me), strict=True)
        ],
        by_me=_told(found.by_me),
        decided=_told(found.decided),
        is_alone=not desks.others_of_the_office(user.pk),
        is_on=settings.FOUR_EYES,
    )


def _told(jobs: list[Job]) -> list[tuple[Job, str]]:
    return [(job, what(job).capitalize()) for job in jobs]
