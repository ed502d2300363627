"""Telling the others of Klasse by mail that something waits for a second pair of eyes. No name or number of a card holder in it."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from distribution.enums import JobState
from distribution.models import Job
from distribution.queries import approvals
from distribution.rules import mail_text
from pickup_points import desks


def mail_others(job_id: int) -> int:
    """To each other account of the office apart; how many. Nobody when it was decided meanwhile."""
    job = approvals.waiting(job_id, is_on=settings.FOUR_EYES)
    if job is None:
        return 0
    others = desks.others_of_the_office(job.asked_by_id)
    for other in others:
        EmailMessage(_subject(job), _text(job), settings.DEFAULT_FROM_EMAIL, [other.email]).send()
    return len(others)


def what(job: Job) -> str:
    """What is asked, in a few words: "bevriezen, 2027"."""
    return f"{job.get_kind_display()}, {job.card_year.year}" if job.card_year else job.get_kind_display()


def _subject(job: Job) -> str:
    return mail_text.one_line(f"Lerarenkaart: jouw akkoord gevraagd ({what(job)})")


def _text(job: Job) -> str:
    address = settings.SITE_URL + reverse("distribution:office-approvals")
    asks = (
        "wil dit doen"
        if job.state == JobState.PROPOSED
        else "maakte een bestand over meer dan 1.000 mensen en wil het ophalen"
    )
    return (
        f"Dag\n\n{job.asked_by} {asks}:\n\n    {what(job)}\n\n"
        "Dat kan pas als iemand anders van Klasse het nakeek en akkoord gaat. Kijk hier:\n\n"
        f"{address}\n\nDe Lerarenkaart\n"
    )
