"""Fictitious people who can log in: someone for each kind of work, all with one password made for this demo alone."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db.models import Count, Q

from distribution.enums import CardState
from distribution.models import Card, CardYear
from pickup_points.models import DeskMember, DeskRole, KlasseRole, PickupPoint, User

# A desk of a usual size: people try it out on some hundreds of names, not on ten thousand.
USUAL_CARDS = 500


@dataclass(frozen=True)
class Login:
    """`path`: where this person begins."""

    email: str
    password: str
    path: str


def write(card_year: CardYear, *, at: dt.datetime) -> list[Login]:
    """Make the people, and say who they are."""
    point = _a_usual_point(card_year)
    password = secrets.token_urlsafe(15)
    hashed = make_password(password)

    def person(email: str, name: str, role: str = "") -> User:
        return User.objects.create(email=email, name=name, password=hashed, klasse_role=role)

    desk, manager = (
        person("balie@voorbeeld.example", "Bo Balie (fictief)"),
        person("beheerder@voorbeeld.example", "Hanne Beheerder (fictief)"),
    )
    DeskMember.objects.create(point=point, user=desk, role=DeskRole.DESK, since=at)
    DeskMember.objects.create(point=point, user=manager, role=DeskRole.MANAGER, since=at)
    klasse = person("klasse@voorbeeld.example", "Kim Klasse (fictief)", KlasseRole.OFFICE)
    # The second pair of eyes: what Kim asks for, Noor agrees to.
    second = person("klasse2@voorbeeld.example", "Noor Klasse (fictief)", KlasseRole.OFFICE)
    reader = person("lezer@voorbeeld.example", "Lou Lezer (fictief)", KlasseRole.READER)
    admin = person("beheer@voorbeeld.example", "Fictieve beheerder")
    admin.is_staff = admin.is_superuser = True
    admin.save(update_fields=["is_staff", "is_superuser"])
    return [
        Login(desk.email, password, "/balie/"),
        Login(manager.email, password, "/balie/"),
        Login(klasse.email, password, "/beheer/"),
        Login(second.email, password, "/beheer/goedkeuren/"),
        Login(reader.email, password, "/beheer/"),
        Login(admin.email, password, "/technisch-beheer/"),
    ]


def _a_usual_point(card_year: CardYear) -> PickupPoint:
    """The point whose number of cards is nearest to the usual one, and where some were handed over already."""
    counts = (
        Card.objects.filter(card_year=card_year, pickup_point__isnull=False)
        .values_list("pickup_point_id")
        .annotate(cards=Count("pk"), given=Count("pk", filter=Q(state=CardState.HANDED_OVER)))
        .order_by("pickup_point_id")
    )
    chosen, _, _ = min(counts, key=lambda each: (each[2] == 0, abs(each[1] - USUAL_CARDS)))
    return PickupPoint.objects.get(pk=chosen)
