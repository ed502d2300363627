"""Who has an account, as Klasse sees it: role, second step, last login, desks, keys of programs, and what was done to it."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Q
from knox.models import AuthToken

from pickup_points.models import AccountEvent, DeskMember, DeskRole, KlasseRole, User

FOUND_AT_MOST = 50


@dataclass(frozen=True)
class Standing:
    """Where someone stands at a desk."""

    code: str
    point: str
    is_manager: bool


@dataclass(frozen=True)
class Person:
    """One account. `second_step`: what was set up, in words; empty when nothing was."""

    key: int
    name: str
    email: str
    role: str
    role_words: str
    is_active: bool
    is_technical: bool
    is_self: bool
    has_password: bool
    last_login: dt.datetime | None
    second_step: str
    desks: tuple[Standing, ...]

    @property
    def needs_second_step(self) -> bool:
        """As pickup_points.desks.needs_second_factor says it, from what is known here already."""
        managed = sum(one.is_manager for one in self.desks)
        return bool(self.role or self.is_technical or managed > 1)

    @property
    def wants_reminder(self) -> bool:
        return self.is_active and (self.last_login is None or (self.needs_second_step and not self.second_step))


@dataclass(frozen=True)
class ApiKey:
    """A key for a program. `ref` names it in a form; `tail` is what people recognise it by."""

    ref: str
    tail: str
    created: dt.datetime
    expiry: dt.datetime | None


def of_klasse(*, seen_by: User) -> list[Person]:
    """Everyone with a role at Klasse, and who had one and was switched off; the active first. A fixed number of questions."""
    had_one = AccountEvent.objects.filter(was__in=KlasseRole.values).values("user")
    users = User.objects.filter(~Q(klasse_role="") | Q(is_superuser=True) | Q(pk__in=had_one, is_active=False))
    people = _people(users, seen_by=seen_by)
    return sorted(
        people, key=lambda one: (not one.is_active, one.role != KlasseRole.OFFICE, one.name.casefold(), one.key)
    )


def search(typed: str, *, seen_by: User) -> tuple[list[Person], bool]:
    """People at desks by their name, address or point; and whether there are more than are shown."""
    wanted = User.objects.filter(desks__ended_at=None, desks__isnull=False)
    for word in typed.split()[:6]:
        at_point = DeskMember.objects.filter(
            Q(point__name__icontains=word) | Q(point__municipality__icontains=word) | Q(point__code__iexact=word),
            ended_at=None,
        )
        wanted = wanted.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(pk__in=at_point.values("user")))
    users = list(wanted.distinct().order_by("name", "email", "pk")[: FOUND_AT_MOST + 1])
    return _people(users[:FOUND_AT_MOST], seen_by=seen_by), len(users) > FOUND_AT_MOST


def person(user: User, *, seen_by: User) -> Person:
    return _people([user], seen_by=seen_by)[0]


def api_keys(user: User) -> list[ApiKey]:
    """The keys of this account's programs, the newest first."""
    found = AuthToken.objects.filter(user=user).order_by("-created")
    return [ApiKey(key_ref(one), one.token_key[-4:], one.created, one.expiry) for one in found]


def key_ref(key: AuthToken) -> str:
    """What a form calls it: of the hash that is kept only a hash leaves the database."""
    return hashlib.sha256(key.digest.encode()).hexdigest()[:16]


def events(user: User) -> Sequence[AccountEvent]:
    """What was done to this account, the latest first."""
    return list(AccountEvent.objects.filter(user=user).select_related("by"))


def _people(users: Iterable[User], *, seen_by: User) -> list[Person]:
    users = list(users)
    keys = [one.pk for one in users]
    steps: dict[int, list[str]] = defaultdict(list)
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    for key, kind in (
        Authenticator.objects.filter(user__in=keys, type__in=kinds).values_list("user", "type").order_by("type")
    ):
        word = "app" if kind == Authenticator.Type.TOTP else "passkey"
        if word not in steps[key]:
            steps[key].append(word)
    desks: dict[int, list[Standing]] = defaultdict(list)
    members = (
        DeskMember.objects.filter(user__in=keys, ended_at=None).select_related("point").order_by("point__name", "pk")
    )
    for one in members:
        desks[one.user_id].append(Standing(one.point.code, one.point.name, one.role == DeskRole.MANAGER))
    return [
        Person(
            key=one.pk,
            name=one.name or one.email,
            email=one.email,
            role=one.klasse_role,
            role_words=one.get_klasse_role_display() if one.klasse_role else "",
            is_active=one.is_active,
            is_technical=one.is_superuser,
            is_self=one.pk == seen_by.pk,
            has_password=one.has_usable_password(),
            last_login=one.last_login,
            second_step=" en ".join(steps[one.pk]),
            desks=tuple(desks[one.pk]),
        )
        for one in users
    ]
