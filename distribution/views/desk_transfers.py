"""Cards on their way from one point to another: asked for, sent along, arrived, or not after all."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from distribution import tasks
from distribution.actions import readings, transfers
from distribution.enums import ReadingKind
from distribution.errors import DistributionError
from distribution.models import Transfer
from distribution.queries import desk_lists, stopping
from distribution.queries import transfers as queries
from pickup_points.desks import Desk
from pickup_points.http import at_desk
from pickup_points.models import PickupPoint

# Chosen, not typed: nothing about a person ends up in it.
WHY_NOT_SENT = ("De kaart is hier niet", "De kaart is al meegegeven", "De leraar haalt ze hier af", "Iets anders")
WHY_NOT_NEEDED = (
    "De kaart is niet meer nodig", "De leraar haalt ze in het andere afhaalpunt", "Verkeerde kaart gevraagd",
    "Iets anders",
)  # fmt: skip
WHY_NOT_ARRIVED = ("De kaart is niet aangekomen", "Iets anders")
WHY_CALLED_BACK = ("De kaart is toch niet vertrokken", "De kaart is onderweg zoekgeraakt", "Iets anders")
REASONS = frozenset((*WHY_NOT_SENT, *WHY_NOT_NEEDED, *WHY_NOT_ARRIVED, *WHY_CALLED_BACK))
# More than a page of cards to offer; a list of ids is never longer.
MOST_AT_ONCE = 200


@require_GET
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    at = timezone.now()
    card_year = desk_lists.running_year(timezone.localdate(at))
    ways = queries.ways_of(desk.point, card_year_id=card_year.pk) if card_year else queries.Ways()
    if ways.card_ids:
        _note(ReadingKind.CARD, desk, ways.card_ids, at=at)
    return render(
        request,
        "distribution/desk_transfers/index.html",
        {
            "desk": desk,
            "tab": "transfers",
            "ways": ways,
            "follower": stopping.follower_of(desk.point, year=card_year.year) if card_year else None,
            "together": queries.together(desk.point, card_year_id=card_year.pk) if card_year else [],
            "why_not_sent": WHY_NOT_SENT,
            "why_not_needed": WHY_NOT_NEEDED,
            "why_not_arrived": WHY_NOT_ARRIVED,
            "why_called_back": WHY_CALLED_BACK,
        },
    )


@require_POST
@at_desk()
def sent(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _each(
        request,
        desk,
        lambda pk, at: transfers.send(pk, desk=desk, by=desk.user, at=at),
        one="1 kaart gaat mee met de bode.",
        more="{} kaarten gaan mee met de bode.",
    )


@require_POST
@at_desk()
def arrived(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _each(
        request,
        desk,
        lambda pk, at: transfers.receive(pk, desk=desk, by=desk.user, at=at),
        one="1 kaart is aangekomen. Ze ligt nu bij jullie klaar.",
        more="{} kaarten zijn aangekomen. Ze liggen nu bij jullie klaar.",
    )


@require_POST
@at_desk()
def stopped(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One transfer does not go through, for one of the reasons on the page."""
    reason = request.POST.get(f"reden-{request.POST.get('een', '')}", "")
    reason = reason if reason in REASONS else ""
    return _each(
        request,
        desk,
        lambda pk, at: transfers.stop(pk, desk=desk, by=desk.user, at=at, reason=reason),
        one="De overdracht gaat niet door. De kaart blijft waar ze was.",
        more="{} overdrachten gaan niet door.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(as_manager=True)
def offer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A manager sends several cards of the own point along at once: a place, and the cards that were ticked."""
    at = timezone.now()
    card_year = desk_lists.running_year(timezone.localdate(at))
    if card_year is None:
        raise Http404
    points = queries.other_points(desk.point, year=card_year.year)
    numbers = request.POST.getlist("kaart")[:MOST_AT_ONCE]
    to = next((point for point in points if point.code == request.POST.get("naar", "")), None)
    error = ""
    if request.method == "POST":
        if to and numbers:
            _offer(request, desk, to, numbers, at=at)
            return redirect("distribution:desk-transfers", desk.point.code)
        error = "Vink minstens één kaart aan." if to else "Kies eerst waar de kaarten naartoe gaan."
    letter, page = _letter(request.GET.get("letter", "")), _page(request.GET.get("blad", ""))
    shown = queries.offer(desk.point, card_year_id=card_year.pk, letter=letter, page=page)
    if shown.cards:
        _note(ReadingKind.SEARCH, desk, [card.card_id for card in shown.cards], at=at)
    context = {
        "desk": desk,
        "tab": "transfers",
        "offer": shown,
        "points": points,
        "letter": letter,
        "page": page,
        "error": error,
        "ticked": set(numbers),
        "to": to,
    }
    return render(request, "distribution/desk_transfers/offer.html", context, status=422 if error else 200)


def tell_other_end(transfer: Transfer) -> None:
    """Mail the managers of the point that is asked for a card; outside the request, and without it the page says the same."""
    tasks.enqueue(tasks.mail_card_asked, transfer.pk)


def _offer(request: HttpRequest, desk: Desk, to: PickupPoint, numbers: list[str], *, at: dt.datetime) -> None:
    offered = transfers.offer(numbers, desk=desk, to=to, by=desk.user, at=at)
    count = sum(1 for one in offered if one.transfer)
    if count:
        sentence = "1 kaart is" if count == 1 else f"{count} kaarten zijn"
        messages.success(request, f"{sentence} op weg naar {to}.", extra_tags="good")
        tasks.enqueue(tasks.mail_cards_offered, desk.point.pk, to.pk)
    _say_refusals(request, (one.refusal for one in offered if one.refusal))


def _each(
    request: HttpRequest, desk: Desk, act: Callable[[int, dt.datetime], Transfer], *, one: str, more: str
) -> HttpResponse:
    """Do it for the transfer of the button that was pressed, or for every one that was ticked; each by itself."""
    at = timezone.now()
    pressed = request.POST.get("een", "")
    chosen = [pressed] if pressed else list(dict.fromkeys(request.POST.getlist("overdracht")))[:MOST_AT_ONCE]
    done, refused = 0, []
    for written in chosen:
        try:
            act(_key(written), at)
            done += 1
        except transfers.NoSuchTransfer:
            raise Http404 from None
        except DistributionError as refusal:
            refused.append(refusal)
    if not chosen:
        messages.warning(request, "Vink minstens één kaart aan.", extra_tags="care")
    if done:
        messages.success(request, one if done == 1 else more.format(done), extra_tags="good")
    _say_refusals(request, refused)
    return redirect("distribution:desk-transfers", desk.point.code)


def _say_refusals(request: HttpRequest, refusals: Iterable[DistributionError]) -> None:
    """Each sentence once, with how many cards it is about; never a name, as messages may travel in a cookie."""
    for sentence, count in Counter(map(str, refusals)).items():
        messages.warning(request, sentence if count == 1 else f"{count} kaarten: {sentence}", extra_tags="care")


def _note(kind: ReadingKind, desk: Desk, cards: list[int], *, at: dt.datetime) -> None:
    readings.note(kind, by=desk.user, point_id=desk.point.pk, at=at, cards=cards, secret=settings.SECRET_KEY)


def _key(written: str) -> int:
    if written.isascii() and written.isdigit() and len(written) < 19:
        return int(written)
    raise Http404


def _letter(written: str) -> str:
    return written.upper() if len(written) == 1 and written.isascii() and written.isalpha() else ""


def _page(written: str) -> int:
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 5 else 1
