"""Mail to points: its texts, whom it goes to, what each point gets in it, and what was sent before."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format

from distribution.enums import JobKind, MailingKind
from distribution.models import CardYear, Job, Mailing, MailText, MailToPoint
from distribution.queries.office_points import PointRow
from distribution.rules import mail_text
from distribution.rules.mail_text import MailTemplate
from pickup_points.models import DeskMember, DeskRole, PickupPoint

RECENT_DAYS = 7
# What Klasse may choose; the other kinds are sent by what they are about.
KINDS = tuple(mail_text.HOUSE)
# The page of a desk each kind is about.
PAGES: Mapping[MailingKind, str] = {
    MailingKind.ANNOUNCEMENT: "distribution:desk",
    MailingKind.BOX: "distribution:desk-settlement-arrival",
    MailingKind.COUNT: "distribution:desk-settlement-end",
    MailingKind.LIST: "distribution:desk-keying",
    MailingKind.THANKS: "distribution:desk-settlement",
}
# Tried, and nothing heard back: at most once is more than not at all.
UNSURE = "Niet zeker of deze mail vertrok: het systeem stopte net toen."
NO_ADDRESS = "Geen e-mailadres."


@dataclass(frozen=True)
class Progress:
    """How far a mailing is, in points."""

    points: int
    sent: int
    failed: int
    refused: int

    @property
    def waiting(self) -> int:
        return self.points - self.sent - self.failed


def template_of(kind: MailingKind) -> MailTemplate:
    """The text of a kind as Klasse last wrote it, or that of the house."""
    own = own_text(kind)
    return MailTemplate(own.subject, own.body) if own else mail_text.HOUSE[kind]


def own_text(kind: MailingKind) -> MailText | None:
    return MailText.objects.filter(kind=kind).select_related("by").first()


def addresses(points: Iterable[int]) -> dict[int, list[str]]:
    """The addresses of each point by its key: its own and those of its active managers, each once. Two questions."""
    wanted = list(points)
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for key, email in PickupPoint.objects.filter(pk__in=wanted).exclude(email="").values_list("pk", "email"):
        found[key][email.strip().lower()] = None
    managers = DeskMember.objects.filter(
        point__in=wanted, ended_at=None, role=DeskRole.MANAGER, user__is_active=True
    ).order_by("pk")
    for key, email in managers.values_list("point", "user__email"):
        found[key][email.strip().lower()] = None
    return {key: list(found[key]) for key in wanted}


def values(row: PointRow, kind: MailingKind, *, year: int) -> dict[str, str]:
    """What is filled in for one point. After freezing the cards and boxes are those that were sent."""
    cards, boxes = row.tally.sent or row.cards, len(row.tally.boxes)
    page = PAGES.get(kind, "distribution:desk")
    return {
        "afhaalpunt": row.point.name,
        "jaar": str(year),
        "aantal kaarten": _counted(cards, "kaart", "kaarten"),
        "aantal dozen": _counted(boxes, "doos", "dozen"),
        "eerste dag": date_format(row.first_day, "j F Y"),
        "laatste dag": date_format(row.last_day, "j F Y"),
        "link": settings.SITE_URL + reverse(page, args=[row.point.code]),
    }


def recently_mailed(kind: MailingKind, *, at: dt.datetime) -> set[int]:
    """The points that got a mail of this kind in the last seven days, or that one is on its way to."""
    since = at - dt.timedelta(days=RECENT_DAYS)
    letters = MailToPoint.objects.filter(mailing__kind=kind, mailing__at__gte=since, failure="")
    return set(letters.values_list("point", flat=True))


def latest(kind: MailingKind) -> int:
    """The key of the last mailing of a kind; 0 when there was none."""
    return Mailing.objects.filter(kind=kind).order_by("-pk").values_list("pk", flat=True).first() or 0


def last_sent() -> dict[str, dt.datetime]:
    """When each kind was last sent. One question."""
    return dict(Mailing.objects.order_by("at").values_list("kind", "at"))


def log(card_year: CardYear, *, most: int) -> list[tuple[Mailing, Progress]]:
    """The mailings of a year, the latest first, with how each went. One question."""
    found = _with_counts(Mailing.objects.filter(card_year=card_year)).select_related("by")[:most]
    return [(one, _progress(one)) for one in found]


def progress(mailing: Mailing) -> Progress:
    return _progress(_with_counts(Mailing.objects.filter(pk=mailing.pk)).get())


def job_of(mailing: Mailing) -> Job | None:
    """The work that sends it, the last when there were more."""
    return Job.objects.filter(kind=JobKind.MAILING, options__mailing=mailing.pk).order_by("-pk").first()


def letters(mailing: Mailing) -> Sequence[MailToPoint]:
    """To which points, what went wrong first, then by name. One question."""
    found = mailing.letters.select_related("point").order_by("point__municipality", "point__name", "pk")
    return sorted(found, key=lambda one: (not one.failure, one.sent_at is not None))


def still_missed(mailing: Mailing) -> list[int]:
    """The points this mailing did not reach, and that got no mail of its kind since."""
    since = MailToPoint.objects.filter(mailing__kind=mailing.kind, mailing__pk__gt=mailing.pk, failure="")
    missed = mailing.letters.exclude(failure="").exclude(point__in=since.values("point"))
    return list(missed.order_by("pk").values_list("point", flat=True))


def of_point(card_year: CardYear, point: PickupPoint) -> Sequence[MailToPoint]:
    """The mails of a year to one point, the latest first."""
    found = MailToPoint.objects.filter(mailing__card_year=card_year, point=point).select_related("mailing")
    return list(found.order_by("-mailing__at", "-pk"))


def _with_counts(mailings: QuerySet[Mailing]) -> QuerySet[Mailing]:
    return mailings.annotate(
        in_all=Count("letters"),
        sent=Count("letters", filter=Q(letters__sent_at__isnull=False)),
        failed=Count("letters", filter=~Q(letters__failure="")),
        partly=Count("letters", filter=Q(letters__sent_at__isnull=False, letters__refused__gt=0)),
    )


def _progress(mailing: Mailing) -> Progress:
    counted: dict[str, int] = vars(mailing)
    return Progress(counted["in_all"], counted["sent"], counted["failed"], counted["partly"])


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}".replace(",", ".")
