"""What opens a second step (the secret of an app, the seed of recovery codes) is sealed in the database, with a key that is not there.

A seal begins with what made it; what has no such mark is from before, and is still read. Whoever comes in by a code has
their rows sealed anew with the first key, so that neither a release nor a replaced key asks for a moment in which everything
stops: the code of the release before reads no seals, so a migration that sealed everything would lock people out during it.
"""

import base64
import functools
import logging
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)
MARK = "v1:"
PURPOSE = b"lerarenkaart.second-step"
FIELDS = {Authenticator.Type.TOTP.value: "secret", Authenticator.Type.RECOVERY_CODES.value: "seed"}


class Unreadable(Exception):
    """It was sealed with a key that is in neither SECOND_STEP_KEY nor SECOND_STEP_OLD_KEYS."""


@dataclass(frozen=True)
class Sealed:
    """Of how many rows: sealed anew, already so, and made with a key nobody has."""

    anew: int = 0
    already: int = 0
    unreadable: int = 0


def seal(text: str) -> str:
    return MARK + MultiFernet(_keys()).encrypt(text.encode()).decode()


def unseal(kept: str) -> str:
    """The text; what was never sealed as it is. Raises Unreadable."""
    if not kept.startswith(MARK):
        return kept
    try:
        return MultiFernet(_keys()).decrypt(kept.removeprefix(MARK)).decode()
    except InvalidToken:
        log.error("A second step cannot be read: is a key missing in SECOND_STEP_OLD_KEYS?")
        raise Unreadable from None


def is_of_first_key(kept: str) -> bool:
    try:
        _keys()[0].decrypt(kept.removeprefix(MARK))
    except InvalidToken:
        return False
    return kept.startswith(MARK)


def seal_steps(*, user_key: int | None = None) -> Sealed:
    """Seal the second steps of one account, or of all, with the first key. Doing it again changes nothing."""
    rows = Authenticator.objects.filter(type__in=FIELDS)
    if user_key is not None:
        rows = rows.filter(user=user_key)
    came_to = [_seal_row(one.pk) if _kept(one) else "already" for one in rows.order_by("pk")]
    return Sealed(*(came_to.count(word) for word in ("anew", "already", "unreadable")))


def _kept(row: Authenticator) -> str:
    """What of this row is not sealed with the first key; empty when all is well."""
    kept = str(row.data.get(FIELDS[row.type], ""))
    return "" if not kept or is_of_first_key(kept) else kept


def _seal_row(key: Any) -> str:
    """Held meanwhile: a recovery code that is used in the same moment stays used."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=key).first()
        kept = _kept(row) if row else ""
        if not row or not kept:
            return "already"
        try:
            row.data[FIELDS[row.type]] = seal(unseal(kept))
        except Unreadable:
            return "unreadable"
        row.save(update_fields=["data"])
    return "anew"


def _keys() -> tuple[Fernet, ...]:
    return _made_of(tuple(settings.SECOND_STEP_KEYS))


@functools.lru_cache(maxsize=8)
def _made_of(secrets: tuple[str, ...]) -> tuple[Fernet, ...]:
    """Of each secret a key for this purpose alone, the one to seal with first."""
    derived = [HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(one.encode()) for one in secrets]
    return tuple(Fernet(base64.urlsafe_b64encode(one)) for one in derived)
