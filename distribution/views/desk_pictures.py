"""The number on a card, seen by a phone: frames for the script, a photo for the form. No picture is kept (ADR 0022)."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from distribution.actions import desk_pictures
from distribution.actions.desk_pictures import TooManyPictures
from distribution.errors import DistributionError
from distribution.intake import pictures
from distribution.intake.pictures import Bounds, PictureTooLarge, TooBusy
from distribution.views import desk as desk_screen
from pickup_points.desks import Desk
from pickup_points.http import at_desk, problem

NOTHING_CHOSEN = "Kies een foto van de kaart, of typ het nummer."
NO_NUMBER = "Op deze foto lezen we geen nummer. Neem de code op de kaart van dichtbij, scherp en zonder schittering, of typ het nummer."


@require_POST
@at_desk()
def frame(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One look of the camera, the picture itself as the body: `{"number": …}`, null when it shows none."""
    try:
        number = _read(desk, request.read(pictures.FRAME.most_bytes + 1), bounds=pictures.FRAME)
    except DistributionError as refused:
        answer = problem(refused.code, _status(refused), title="Dat lukt niet.", detail=str(refused))
        if isinstance(refused, TooManyPictures):
            answer["Retry-After"] = str(refused.retry_after)
        return answer
    return JsonResponse({"number": number})


@require_POST
@at_desk()
def photo(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A photo from the form: its number is looked for as if it had been typed."""
    file = request.FILES.get("foto")
    # lerarenkaart/uploads.py lets go of what is too large before it is here.
    is_too_large = file is None and int(request.META.get("CONTENT_LENGTH") or 0) > pictures.PHOTO.most_bytes
    content = file.read() if file else b""
    if not content and not is_too_large:
        return _sorry(request, desk, NOTHING_CHOSEN, HTTPStatus.BAD_REQUEST)
    try:
        if is_too_large:
            raise PictureTooLarge
        number = _read(desk, content, bounds=pictures.PHOTO)
    except DistributionError as refused:
        return _sorry(request, desk, str(refused), _status(refused))
    if number is None:
        return _sorry(request, desk, NO_NUMBER, HTTPStatus.OK)
    return desk_screen.search(request, desk, number)


def _read(desk: Desk, content: bytes, *, bounds: Bounds) -> str | None:
    desk_pictures.count(by=desk.user, at=timezone.now(), redis_url=settings.REDIS_URL, secret=settings.SECRET_KEY)
    return pictures.number_on(content, bounds=bounds)


def _status(refused: DistributionError) -> HTTPStatus:
    if isinstance(refused, PictureTooLarge):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(refused, TooManyPictures | TooBusy):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _sorry(request: HttpRequest, desk: Desk, sentence: str, status: HTTPStatus) -> HttpResponse:
    answer = {"kind": "error", "heading": "Dat lukt niet", "message": sentence}
    page = desk_screen.page(request, desk, {"answer": answer})
    page.status_code = int(status)
    return page
