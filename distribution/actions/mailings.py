"""Mailing points: the texts Klasse writes, and one mail to each chosen point, sent at most once.

A letter is claimed before it is sent: killed in between, it stays as "not sure", and people decide whether
it goes again. The other way round a library would get the same mail twice, from a system nobody watches.
"""

import datetime as dt
import logging
import smtplib
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from distribution.actions import jobs
from distribution.actions.working import Done, Progress
from distribution.enums import JobKind, MailingKind
from distribution.errors import DistributionError
from distribution.models import CardYear, Job, Mailing, MailText, MailToPoint
from distribution.queries import mailings, office_points
from distribution.rules import mail_text
from distribution.rules.mail_text import MailTemplate
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import PickupPoint, User

log = logging.getLogger(__name__)
LONGEST_FAILURE, LONGEST_SELECTION = 200, 300
# Sent by a program: no out-of-office answers, please (RFC 3834).
HEADERS = {"Auto-Submitted": "auto-generated"}


class TextRefused(DistributionError):
    code = "bad_mail_text"


class NobodyToMail(DistributionError):
    code = "nobody_to_mail"

    def __init__(self) -> None:
        super().__init__(
            "Geen enkel van deze afhaalpunten heeft een e-mailadres. Kies andere, of vul eerst adressen in."
        )


class MailedMeanwhile(DistributionError):
    code = "mailed_meanwhile"

    def __init__(self) -> None:
        super().__init__("Er vertrok intussen al zo'n mail. Kijk hieronder na wie ze kreeg voor je verstuurt.")


class MailedThisWeek(DistributionError):
    code = "mailed_this_week"

    def __init__(self, number: int) -> None:
        who = "1 afhaalpunt kreeg" if number == 1 else f"{number} afhaalpunten kregen"
        super().__init__(f"{who} deze mail de laatste zeven dagen al. Kies of zij ze nog eens krijgen.")


class MailServerAway(DistributionError):
    code = "mail_server_away"

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"De mailserver antwoordt niet. Voor {waiting} {'afhaalpunt' if waiting == 1 else 'afhaalpunten'} vertrok er "
            "nog niets. Probeer het straks opnieuw bij de mail zelf."
        )


@transaction.atomic
def write_text(kind: MailingKind, template: MailTemplate, *, by: User, at: dt.datetime) -> None:
    """From now on this is the text of a kind. Raises TextRefused for what cannot be sent."""
    _check(template)
    MailText.objects.update_or_create(
        kind=kind, defaults={"subject": template.subject, "body": template.body, "at": at, "by": by}
    )


@transaction.atomic
def back_to_house_text(kind: MailingKind) -> None:
    """The text of the house counts again."""
    MailText.objects.filter(kind=kind).delete()


@transaction.atomic
def send(
    kind: MailingKind,
    *,
    card_year: CardYear,
    points: Sequence[int],
    selection: str,
    seen: int,
    by: User,
    at: dt.datetime,
    again: bool = False,
) -> Job:
    """Ask for one mail to each of these points, with the text as it is now.

    `seen`: the last mailing of this kind its asker knew of; a newer one is said first (a button pressed twice,
    a colleague who was faster). Points that got this kind within the week get it only with `again`.
    Raises MailedMeanwhile, MailedThisWeek, NobodyToMail, TextRefused or jobs.AlreadyAsked.
    """
    CardYear.objects.select_for_update().get(pk=card_year.pk)
    if mailings.latest(kind) > seen:
        raise MailedMeanwhile
    recent = mailings.recently_mailed(kind, at=at) & set(points)
    if recent and not again:
        raise MailedThisWeek(len(recent))
    template = mailings.template_of(kind)
    _check(template)
    return _write(card_year, kind, template, points=points, selection=selection, by=by, at=at)


@transaction.atomic
def send_to_missed(mailing: Mailing, *, by: User, at: dt.datetime) -> Job:
    """The same text once more, as a mailing of its own, to whom this one did not reach. Raises NobodyToMail or AlreadyAsked."""
    CardYear.objects.select_for_update().get(pk=mailing.card_year_id)
    template = MailTemplate(mailing.subject, mailing.body)
    selection = f"wie de mail van {timezone.localtime(mailing.at):%d-%m-%Y} niet kreeg"
    return _write(
        mailing.card_year,
        MailingKind(mailing.kind),
        template,
        points=mailings.still_missed(mailing),
        selection=selection,
        by=by,
        at=at,
    )


def go_on(mailing: Mailing, *, by: User, at: dt.datetime) -> Job:
    """Send what still waits: the mail server was away. Raises jobs.AlreadyAsked."""
    return _ask(mailing, by=by, at=at)


def work(job: Job, progress: Progress) -> Done:
    """Send what waits of a mailing, point by point; doing it twice sends nothing twice. Raises MailServerAway."""
    mailing = Mailing.objects.select_related("card_year").get(pk=job.options["mailing"])
    waiting = list(mailing.letters.filter(sent_at=None, failure="").select_related("point").order_by("pk"))
    addresses = mailings.addresses(one.point_id for one in waiting)
    tolerance = Tolerance(cards=settings.COUNT_TOLERANCE_CARDS, percent=settings.COUNT_TOLERANCE_PERCENT)
    rows = {one.point.pk: one for one in office_points.rows(mailing.card_year, at=timezone.now(), tolerance=tolerance)}
    template, kind = MailTemplate(mailing.subject, mailing.body), MailingKind(mailing.kind)
    connection = get_connection()
    try:
        connection.open()
        for number, letter in enumerate(waiting, 1):
            row = rows.get(letter.point_id) or office_points.row(
                mailing.card_year, letter.point, at=timezone.now(), tolerance=tolerance
            )
            filled = mail_text.fill(template, mailings.values(row, kind, year=mailing.card_year.year))
            _send_one(letter, filled, to=addresses[letter.point_id], connection=connection)
            progress(number, len(waiting))
    except OSError as error:
        # The kind of error only: its text might hold an address.
        log.error("mailing %s stopped: %s", mailing.pk, type(error).__name__)
        raise MailServerAway(mailing.letters.filter(sent_at=None, failure="").count()) from error
    finally:
        connection.close()
    went = mailings.progress(mailing)
    return Done({"mailing": mailing.pk, "points": went.points, "sent": went.sent, "failed": went.failed})


def _send_one(letter: MailToPoint, filled: MailTemplate, *, to: list[str], connection: BaseEmailBackend) -> None:
    """One mail to each address of a point apart. What the server refuses is written down; that it is away is raised."""
    mine = MailToPoint.objects.filter(pk=letter.pk, sent_at=None, failure="")
    if not mine.update(failure=mailings.UNSURE if to else mailings.NO_ADDRESS, addresses=len(to)) or not to:
        return
    reasons: list[str] = []
    for address in to:
        mail = EmailMessage(
            filled.subject,
            filled.body,
            settings.DEFAULT_FROM_EMAIL,
            [address],
            reply_to=[settings.OFFICE_EMAIL],
            headers=dict(HEADERS),
            connection=connection,
        )
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            reasons.append(_reason(error))
        except ValueError:
            # No address at all, or one that would add a header: Django refuses it before it leaves.
            reasons.append("Dit is geen geldig e-mailadres. Kijk het na.")
    if len(reasons) == len(to):
        MailToPoint.objects.filter(pk=letter.pk).update(failure=reasons[0][:LONGEST_FAILURE], refused=len(to))
    else:
        MailToPoint.objects.filter(pk=letter.pk).update(failure="", sent_at=timezone.now(), refused=len(reasons))


def _reason(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> str:
    """Why, without an address in it."""
    codes = (
        [code for code, _ in error.recipients.values()]
        if isinstance(error, smtplib.SMTPRecipientsRefused)
        else [error.smtp_code]
    )
    code = codes[0] if codes else 0
    if 400 <= code < 500:
        return f"De mailserver nam de mail nu niet aan (code {code}). Probeer het later nog eens."
    return f"De mailserver weigerde het adres (code {code}). Kijk het adres na."


def _write(
    card_year: CardYear,
    kind: MailingKind,
    template: MailTemplate,
    *,
    points: Sequence[int],
    selection: str,
    by: User,
    at: dt.datetime,
) -> Job:
    addresses: Mapping[int, list[str]] = mailings.addresses(points)
    if not any(addresses.values()):
        raise NobodyToMail
    mailing = Mailing.objects.create(
        card_year=card_year,
        kind=kind,
        subject=template.subject,
        body=template.body,
        selection=selection[:LONGEST_SELECTION],
        at=at,
        by=by,
    )
    known = PickupPoint.objects.filter(pk__in=addresses).order_by("municipality", "name", "pk")
    MailToPoint.objects.bulk_create(
        MailToPoint(
            mailing=mailing,
            point=point,
            addresses=len(addresses[point.pk]),
            failure="" if addresses[point.pk] else mailings.NO_ADDRESS,
        )
        for point in known
    )
    return _ask(mailing, by=by, at=at)


def _ask(mailing: Mailing, *, by: User, at: dt.datetime) -> Job:
    return jobs.ask(JobKind.MAILING, card_year=mailing.card_year, by=by, at=at, options={"mailing": mailing.pk})


def _check(template: MailTemplate) -> None:
    try:
        mail_text.check(template)
    except mail_text.BadText as bad:
        raise TextRefused(str(bad)) from bad
