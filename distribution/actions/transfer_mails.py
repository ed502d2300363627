"""Mails about transfers, to the managers of one point: no name and no number, only where to look."""

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from distribution.models import Transfer
from distribution.models.transfer import OPEN
from distribution.rules import mail_text
from pickup_points.desks import managers_of
from pickup_points.models import PickupPoint


def card_asked(transfer_id: int) -> None:
    """Tell the point that has a card that another asks for it; nobody when that is over by now."""
    found = Transfer.objects.filter(OPEN, pk=transfer_id, sent_at=None).select_related("from_point", "to_point").first()
    if found is not None:
        sentence = f"{found.to_point} vraagt een kaart die bij jullie ligt."
        _mail(found.from_point, "Lerarenkaart: er is een kaart gevraagd", sentence)


def cards_offered(from_key: int, to_key: int) -> None:
    """Tell a point that another sends it cards."""
    points = PickupPoint.objects.in_bulk([from_key, to_key])
    sentence = f"{points[from_key]} stuurt kaarten naar jullie."
    _mail(points[to_key], "Lerarenkaart: er zijn kaarten naar jullie onderweg", sentence)


def _mail(point: PickupPoint, subject: str, sentence: str) -> None:
    """To each manager apart."""
    address = settings.SITE_URL + reverse("distribution:desk-transfers", args=[point.code])
    said = mail_text.one_line(sentence)
    text = f"Dag,\n\n{said}\n\nKijk bij Overdrachten wat er te doen is:\n{address}\n\nDe Lerarenkaart\n"
    get_connection().send_messages([EmailMessage(subject, text, to=[manager.email]) for manager in managers_of(point)])
