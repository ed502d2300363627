"""What asks for attention, by mail to Klasse: once on a working day, counts and links, and nothing about persons."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import timezone

from distribution.models import CardYear, LookupCounter
from distribution.queries import office, office_attention, office_points, office_work
from distribution.rules.reconciliation import Tolerance
from distribution.views import office_words
from pickup_points.models import KlasseRole, User

log = logging.getLogger(__name__)
# That somebody had today's mail is remembered longer than any queue can hold its task.
REMEMBERED = dt.timedelta(days=3)
Line = tuple[str, str]


def mail_office(*, at: dt.datetime) -> int:
    """To each account of the office that had none today; how many. To nobody when nothing asks for attention.

    A row claims the mail before it leaves, so that two clocks send one. A mail that could not leave gives its
    claim back and raises (OSError: try again); who had theirs does not get it twice.
    """
    lines = told(at=at)
    if not lines:
        return 0
    day = timezone.localdate(at)
    sent = 0
    for user in User.objects.filter(klasse_role=KlasseRole.OFFICE, is_active=True).order_by("pk"):
        claim = hashlib.sha256(f"digest {day.isoformat()} {user.pk}".encode()).hexdigest()
        if not _claimed(claim, at=at):
            continue
        try:
            EmailMessage(_subject(lines), _text(lines), settings.DEFAULT_FROM_EMAIL, [user.email]).send()
        except Exception:
            LookupCounter.objects.filter(key=claim).delete()
            raise
        sent += 1
    return sent


def told(*, at: dt.datetime) -> list[Line]:
    """Each thing that asks for attention today in a sentence, and the page where it is solved."""
    card_year = office.working_year(office.all_years(), on=timezone.localdate(at))
    lines = list(_of_work(at=at))
    if card_year is not None:
        lines = [*_of_today(card_year, on=timezone.localdate(at)), *lines, *_of_year(card_year, at=at)]
    return lines


def _of_today(card_year: CardYear, *, on: dt.date) -> Iterator[Line]:
    """The turns of the season. They come by themselves; this is to know of them."""
    year, place = card_year.year, reverse("distribution:office")
    turns = {
        card_year.lookup_from: f"Vandaag opent het opzoeken van {year}: Waar is mijn Lerarenkaart antwoordt vanaf nu.",
        card_year.collect_from: f"Vandaag begint het afhalen van {year}.",
        card_year.collect_until: f"Vandaag is de laatste afhaaldag van {year}.",
        card_year.collect_until + dt.timedelta(days=1): (
            f"Het afhalen van {year} is voorbij: laat elk afhaalpunt tellen wat overbleef en afsluiten."
        ),
    }
    for mailing in card_year.starter_mailings:
        turns[dt.date.fromisoformat(mailing)] = f"Vandaag is een startersmailing van {year}."
    if on in turns:
        yield turns[on], place


def _of_work(*, at: dt.datetime) -> Iterator[Line]:
    work = office_work.asking(at=at, is_released_by_two=settings.FOUR_EYES)
    for jobs, what in (
        (work.proposed, "wacht op een tweede paar ogen"),
        (work.unreleased, "het bestand wacht om vrijgegeven te worden"),
        (work.failed, "mislukt"),
    ):
        for job in jobs:
            of_year = f" {job.card_year.year}" if job.card_year else ""
            kind = str(job.get_kind_display())
            sentence = f"{kind[:1].upper()}{kind[1:]}{of_year}: {what}."
            yield sentence, reverse("distribution:office-job", args=[job.pk])
    for sent in work.files:
        kind = str(sent.upload.get_kind_display())
        place = reverse("distribution:office-file", args=[sent.upload.pk])
        yield f"{kind[:1].upper()}{kind[1:]}: een bestand wacht op een beslissing.", place


def _of_year(card_year: CardYear, *, at: dt.datetime) -> Iterator[Line]:
    tolerance = Tolerance(cards=settings.COUNT_TOLERANCE_CARDS, percent=settings.COUNT_TOLERANCE_PERCENT)
    rows = office_points.rows(card_year, at=at, tolerance=tolerance)
    for item in office_attention.items(card_year, rows, at=at):
        if not item.count:
            continue
        words = office_words.CONCERNS[item.concern]
        place = reverse("distribution:office-attention", args=[item.concern])
        sentence = f"{floatformat(item.count, '0g')} {words.one if item.count == 1 else words.more}."
        yield sentence, f"{place}?jaar={card_year.year}"


def _claimed(claim: str, *, at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            LookupCounter.objects.create(key=claim, window_ends_at=at + REMEMBERED, count=1)
    except IntegrityError:
        return False
    return True


def _subject(lines: list[Line]) -> str:
    return f"Lerarenkaart: {len(lines)} {'ding vraagt' if len(lines) == 1 else 'dingen vragen'} aandacht"


def _text(lines: list[Line]) -> str:
    items = "\n\n".join(f"- {sentence}\n  {settings.SITE_URL}{place}" for sentence, place in lines)
    return (
        f"Dag\n\nDit vraagt vandaag aandacht:\n\n{items}\n\n"
        "Deze mail komt hoogstens één keer per werkdag, en enkel als er iets is. "
        "Liever niet? Wie de site beheert, zet hem uit met DIGEST.\n\nDe Lerarenkaart\n"
    )
