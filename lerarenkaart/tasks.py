"""Mails that leave outside a request: about accounts (as fast for an address we do not know as for one we do), and the digest.

Arguments are keys, never an address or a link.
"""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from distribution.tasks import MAIL_RETRIES
from lerarenkaart import digest
from lerarenkaart.accounts import links
from pickup_points.models import PickupPoint, User


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_invitation(user_key: int, point_key: int) -> None:
    """Tell someone they may stand at a desk. Twice is two mails with the same meaning."""
    user = User.objects.filter(pk=user_key, is_active=True, desks__point=point_key, desks__ended_at=None).first()
    if user is not None:
        links.mail_invitation(user, PickupPoint.objects.get(pk=point_key))


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_new_password(user_key: int) -> None:
    """Send the link to choose a password; 0 is nobody, and then nothing is sent."""
    user = User.objects.filter(pk=user_key, is_active=True).first()
    if user is not None:
        links.mail_new_password(user)


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_about_account(user_key: int) -> None:
    """Tell someone how to come in, or what is still to be set up. Twice is two mails with the same meaning."""
    user = User.objects.filter(pk=user_key, is_active=True).first()
    if user is not None:
        links.mail_about_account(user)


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_step_reset(user_key: int) -> None:
    """Tell someone that their second step was taken away, with a link to begin anew. Twice is two mails with the same meaning."""
    user = User.objects.filter(pk=user_key, is_active=True).first()
    if user is not None:
        links.mail_step_reset(user)


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_digest() -> None:
    """Tell Klasse what asks for attention, once on a working day, unless DIGEST is off. Runs every hour of the morning."""
    if settings.DIGEST:
        digest.mail_office(at=timezone.now())
