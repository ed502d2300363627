"""Who may go where: every address of the site with the people it is for, and a small world to try it in.

A new address makes tests/security/test_route_matrix.py fail until it has its line here.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from django.core import signing
from django.test import Client

from distribution.actions import stored_files
from distribution.enums import CardState, Evidence, JobKind, JobState, MailingKind, UploadKind
from distribution.models import (
    Card,
    CardYear,
    FiguresSnapshot,
    HandOver,
    Job,
    Mailing,
    PickupList,
    PointStatement,
    StoredFile,
    Transfer,
    Upload,
)
from distribution.queries.figures_choice import Choice
from distribution.rules import card_number
from distribution.views.desk_answers import ELSEWHERE_SALT
from pickup_points.models import DeskMember, KlasseRole, PickupPoint, User
from tests import make, routes
from tests.conftest import NOW

OURS, THEIRS, THIRD, NOWHERE = routes.POINT, "bib-anders", "bib-derde", "bib-bestaat-niet"
ROLES = ("anonymous", "desk", "manager", "desk of another", "office", "reader", "superuser")
# Who stands where.
MEMBERS = {"desk": OURS, "manager": OURS, "desk of another": THEIRS}


class Who(Enum):
    """For whom an address is."""

    ALL = auto()
    # Allauth's own pages: what each of the two kinds of visitors gets is in ACCOUNT.
    ACCOUNT = auto()
    PERSON = auto()
    DESK = auto()
    MANAGER = auto()
    # People of Klasse, its readers of figures too.
    KLASSE = auto()
    # People of Klasse who run the year; to its readers it is not there.
    OFFICE = auto()
    # A program of someone who stands at a desk: refused with a status, not with a page.
    API = auto()
    # A program of someone of Klasse.
    REPORTS = auto()


@dataclass(frozen=True)
class Route:
    """What an address takes, and what it names. `things`: the part of the address, or the field that is sent → World.things.

    `hides`: what is not theirs is not refused, it is as if it were not there (an empty answer, a message).
    """

    who: Who
    methods: str = "GET"
    things: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    hides: bool = False


def desk(methods: str = "GET", **more: object) -> Route:
    return Route(Who.DESK, methods, **more)  # type: ignore[arg-type]


def manager(methods: str = "GET", **more: object) -> Route:
    return Route(Who.MANAGER, methods, **more)  # type: ignore[arg-type]


def api(methods: str, **more: object) -> Route:
    return Route(Who.API, methods, **more)  # type: ignore[arg-type]


def office(methods: str = "GET", **more: object) -> Route:
    """Its address names what `office_things` made, by the keys of routes.SAMPLES."""
    return Route(Who.OFFICE, methods, **more)  # type: ignore[arg-type]


ALL, ACCOUNT = Route(Who.ALL), Route(Who.ACCOUNT, "GET POST")
HAND_OVER = {"id": str(uuid.UUID(int=7)), "at": "2027-01-12T09:00:00+01:00", "evidence": "scan"}
MATRIX: dict[str, Route] = {
    "home": Route(Who.ALL, "GET POST"),
    "healthz": Route(Who.ALL, "GET POST"),
    "readyz": Route(Who.ALL, "GET POST"),
    "schema": ALL,
    "metrics": ALL,
    "distribution:lookup": Route(Who.ALL, "GET POST"),
    "distribution:accessibility": ALL,
    "distribution:privacy": ALL,
    "distribution:robots": ALL,
    "distribution:api-lookup": Route(Who.ALL, "POST"),
    "distribution:desk-worker": ALL,
    "distribution:desk-manifest": ALL,
    "pickup_points:index": ALL,
    "pickup_points:map": ALL,
    "pickup_points:map-dark": ALL,
    "pickup_points:point": ALL,
    "pickup_points:calendar": ALL,
    "pickup_points:point-map": ALL,
    "pickup_points:point-map-dark": ALL,
    "distribution:desk-home": Route(Who.PERSON),
    "distribution:desk": desk("GET POST"),
    "distribution:desk-shell": desk(),
    "distribution:desk-frame": desk("POST"),
    "distribution:desk-photo": desk("POST"),
    "distribution:desk-mark": desk("POST", things={"card": "card"}, sent={"id": HAND_OVER["id"]}, hides=True),
    "distribution:desk-undo": desk("POST", things={"id": "hand over"}, sent={"reason": "Verkeerde kaart"}),
    "distribution:desk-ask": desk("POST"),
    "distribution:desk-group": desk(
        "GET POST",
        things={"card": "card"},
        sent={"id": HAND_OVER["id"], "hand-over": "1", "collector": "x"},
        hides=True,
    ),
    "distribution:desk-card": desk(things={"card_id": "card key"}),
    "distribution:desk-overview": desk(),
    "distribution:desk-figures": desk(),
    "distribution:desk-transfer-all": desk("POST", sent={"aangekomen": THIRD}),
    "distribution:desk-lists": desk(),
    "distribution:desk-list-make": desk("POST"),
    "distribution:desk-keying": desk(),
    "distribution:desk-keying-rows": desk("GET POST", things={"list_id": "list"}, sent={"rijen": "1"}),
    "distribution:desk-list-pdf": desk(things={"list_id": "list"}),
    "distribution:desk-list-xlsx": desk(things={"list_id": "list"}),
    "distribution:desk-transfers": desk(),
    "distribution:desk-transfer-offer": manager("GET POST", things={"kaart": "card"}, sent={"naar": THIRD}, hides=True),
    "distribution:desk-transfer-sent": desk("POST", things={"een": "transfer away"}),
    "distribution:desk-transfer-arrived": desk("POST", things={"een": "transfer here"}),
    "distribution:desk-transfer-stopped": desk(
        "POST", things={"overdracht": "transfer away"}, sent={"reden-": "De kaart is hier niet"}
    ),
    "distribution:desk-settlement": manager(),
    "distribution:desk-settlement-arrival": manager("GET POST"),
    "distribution:desk-settlement-year": manager("GET POST"),
    "distribution:desk-settlement-take-back": manager("POST", things={"melding": "statement"}, hides=True),
    "distribution:desk-settlement-end": manager("GET POST"),
    "distribution:desk-settlement-close": manager("GET POST"),
    "distribution:desk-settlement-thanks": manager(),
    "distribution:desk-settlement-pdf": manager(),
    "distribution:desk-settlement-reopen": manager("POST"),
    "distribution:desk-poster": desk(),
    "distribution:desk-poster-a4": desk(),
    "distribution:desk-poster-a3": desk(),
    "pickup_points:own-data": manager("GET POST"),
    "pickup_points:members": manager(),
    "pickup_points:members-invite": manager("POST", sent={"email": "collega@voorbeeld.be", "role": "desk"}),
    "pickup_points:members-invite-again": manager("POST", things={"member": "member"}, hides=True),
    "pickup_points:members-role": manager("POST", things={"member": "member"}, sent={"role": "manager"}, hides=True),
    "pickup_points:members-remove": manager("POST", things={"member": "member"}, hides=True),
    "distribution:office": Route(Who.KLASSE),
    "distribution:office-attention": Route(Who.KLASSE),
    "distribution:office-year-open": office("GET POST"),
    "distribution:office-year-rules": office("GET POST"),
    "distribution:office-year-run": office("GET POST"),
    "distribution:office-year-compare": Route(Who.KLASSE),
    "distribution:office-year-freeze": office("GET POST"),
    "distribution:office-year-print": office("GET POST", sent={"reeks": "1", "doos": "250"}),
    "distribution:office-year-lists": office("GET POST"),
    "distribution:office-year-starters": office("GET POST", sent={"mailing": "2027-01-15"}),
    "distribution:office-year-late": office("GET POST"),
    "distribution:office-year-institutions": office(),
    "distribution:office-points": Route(Who.KLASSE),
    "distribution:office-point": Route(Who.KLASSE),
    "distribution:office-postcodes": Route(Who.KLASSE),
    "distribution:office-point-stop": office("GET POST"),
    "distribution:office-settlement-reopen": office("POST"),
    "pickup_points:office-place-new": office("GET POST"),
    "pickup_points:office-place": office("GET POST"),
    "pickup_points:office-place-join": office("POST"),
    "pickup_points:office-serve": office("POST"),
    "pickup_points:office-members": office(),
    "pickup_points:office-members-invite": office("POST"),
    "pickup_points:office-members-invite-again": office("POST"),
    "pickup_points:office-members-role": office("POST"),
    "pickup_points:office-members-remove": office("POST"),
    "distribution:office-people": office("GET POST"),
    "distribution:office-people-reason": office("POST"),
    "distribution:office-people-group": office("POST"),
    "distribution:office-person": office(),
    "distribution:office-person-point": office("POST"),
    "distribution:office-person-replace": office("GET POST"),
    "distribution:office-person-shield": office("POST"),
    "distribution:office-person-insight": office("POST"),
    "distribution:office-person-erase": office("GET POST"),
    "distribution:office-erase": office("GET POST"),
    "distribution:office-jobs": office(),
    "distribution:office-job": office(),
    "distribution:office-job-agree": office("POST"),
    "distribution:office-job-call-off": office("POST"),
    "distribution:office-job-file": office(),
    "distribution:office-job-release": office("POST"),
    "distribution:office-job-again": office("POST"),
    "distribution:office-files": office(),
    "distribution:office-file-send": office("POST"),
    "distribution:office-file-example": office(),
    "distribution:office-file": office(),
    "distribution:office-file-apply": office("POST"),
    "distribution:office-file-turn-down": office("POST"),
    "distribution:office-file-look": office("POST"),
    "office-accounts": office(),
    "office-account-invite": office("POST", sent={"email": "nieuw@voorbeeld.be", "role": "reader"}),
    "office-account": office(),
    "office-account-role": office("POST"),
    "office-account-off": office("POST"),
    "office-account-on": office("POST"),
    "office-account-step": office("POST"),
    "office-account-remind": office("POST"),
    "office-account-key": office("POST"),
    "distribution:office-approvals": office(),
    "distribution:office-mail": office(),
    "distribution:office-mailing": office(),
    "distribution:office-mailing-again": office("POST"),
    "distribution:office-mail-choose": office(),
    "distribution:office-mail-preview": office("POST"),
    "distribution:office-mail-send": office("POST"),
    "distribution:office-mail-text": office("GET POST"),
    "distribution:office-figures": Route(Who.KLASSE),
    "distribution:office-figures-file": Route(Who.KLASSE),
    "distribution:office-figures-chart": Route(Who.KLASSE),
    "distribution:office-figures-count": Route(Who.KLASSE),
    "distribution:office-figures-snapshots": Route(Who.KLASSE),
    "distribution:office-figures-snapshot": Route(Who.KLASSE),
    "distribution:office-figures-snapshot-file": Route(Who.KLASSE),
    "distribution:office-figures-take": office("POST", sent={"titel": "Proef"}),
    "distribution:api-desk-cards": api("GET POST", things={"q": "card"}, hides=True),
    "distribution:api-desk-snapshot": api("GET", things={"point": "point"}),
    "distribution:api-desk-key": api("POST"),
    "distribution:api-desk-hand-overs": api("POST", things={"card": "card"}, sent=HAND_OVER),
    "distribution:api-desk-batch": api("POST"),
    "distribution:api-reports-figures": Route(Who.REPORTS),
    "distribution:api-desk-undo": api("POST", things={"hand_over_id": "hand over"}, sent={"reason": "Verkeerde kaart"}),
}


# Allauth's own pages; tests/lerarenkaart/accounts/ says what each of them does.
ACCOUNT_NAMES = [
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "account_email",
    "account_devices",
    "socialaccount_signup",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
]
MATRIX |= dict.fromkeys(ACCOUNT_NAMES, ACCOUNT)


@dataclass
class World:
    """Two points that have everything, a third they send cards to, and one of each kind of visitor."""

    clients: dict[str, Client]
    users: dict[str, User]
    # What something is called at our point, at another one, and what it would be called if it were there.
    things: dict[str, dict[str, str]]


def world(card_year: CardYear) -> World:
    """Everything twice: the same things at our point and at another."""
    card_year.last_run_at, card_year.reference_date = NOW, NOW.date()
    card_year.save()
    points = {code: make.point(code, year=card_year.year) for code in (OURS, THEIRS, THIRD)}
    users = {
        "desk": make.member(points[OURS]).user,
        "manager": make.member(points[OURS], is_manager=True).user,
        "desk of another": make.member(points[THEIRS]).user,
    }
    for role in ("office", "reader", "superuser"):
        users[role] = make.new_user()
        make.second_factor(users[role])
    User.objects.filter(pk=users["office"].pk).update(klasse_role=KlasseRole.OFFICE)
    User.objects.filter(pk=users["reader"].pk).update(klasse_role=KlasseRole.READER)
    User.objects.filter(pk=users["superuser"].pk).update(is_superuser=True, is_staff=True)
    office_things(card_year, users["office"])
    office_figures(users["office"])
    office_mail(card_year, users["office"])
    # The other point has a manager too, so that its things have someone behind them.
    make.member(points[THEIRS], is_manager=True)
    clients = {role: Client() for role in ROLES}
    for role, user in users.items():
        clients[role].force_login(User.objects.get(pk=user.pk))
    things: dict[str, dict[str, str]] = {}
    for code in (OURS, THEIRS):
        for kind, name in _things_at(points[code], points[THIRD], card_year).items():
            things.setdefault(kind, {})[code] = name
    for kind, name in MISSING.items():
        things[kind][NOWHERE] = name
    return World(clients, users, things)


def office_things(card_year: CardYear, user: User) -> None:
    """What the addresses of /beheer/ name, under the keys of routes.SAMPLES."""
    file = StoredFile.objects.create(
        pk=routes.SAMPLES["file_id"], name="proef.csv", content_type="text/csv", size=1, sha256="", at=NOW
    )
    job = Job.objects.create(
        pk=routes.SAMPLES["job_id"],
        kind=JobKind.RUN,
        card_year=card_year,
        lane="run:2027",
        state=JobState.WAITING,
        asked_at=NOW,
        asked_by=user,
    )
    job.files.add(file)
    make.card(make.person(card_year, pk=routes.SAMPLES["person_id"]))
    Upload.objects.create(
        pk=routes.SAMPLES["upload_id"],
        kind=UploadKind.SUBSCRIBERS,
        card_year=card_year,
        name="abonnees.csv",
        size=0,
        sha256="",
        at=NOW,
        by=user,
    )


def office_mail(card_year: CardYear, user: User) -> None:
    User.objects.create(pk=routes.SAMPLES["user_id"], email="iemand@voorbeeld.be", password="!")
    Mailing.objects.create(
        pk=routes.SAMPLES["mailing_id"],
        card_year=card_year,
        kind=MailingKind.COUNT,
        subject="Tel even",
        body="Dag",
        selection="alle afhaalpunten",
        at=NOW,
        by=user,
    )


def office_figures(user: User) -> None:
    snapshot = FiguresSnapshot.objects.create(
        pk=routes.SAMPLES["snapshot_id"], at=NOW, by=user, title="Proef", asked=Choice().as_dict()
    )
    snapshot.files.add(StoredFile.objects.get(pk=routes.SAMPLES["file_id"]))
    told = b'{"by": "channel", "rows": [], "totals": []}'
    snapshot.files.add(stored_files.keep([told], name="proef.json", content_type="application/json", at=NOW))


MISSING = {
    "card": card_number.make(2027, 999_999),
    "card key": "987654321",
    "hand over": str(uuid.UUID(int=99)),
    "list": "987654321",
    "transfer away": "987654321",
    "transfer here": "987654321",
    "member": "987654321",
    "statement": "987654321",
    "point": NOWHERE,
    "sealed": signing.dumps(987654321, salt=ELSEWHERE_SALT),
}


def _things_at(point: PickupPoint, third: PickupPoint, card_year: CardYear) -> dict[str, str]:
    by = DeskMember.objects.filter(point=point)[0].user
    waiting, collected = _card(card_year, point), _card(card_year, point)
    hand_over = HandOver.objects.create(
        id=uuid.uuid4(),
        card=collected,
        point=point,
        at=NOW - dt.timedelta(minutes=5),
        said_at=NOW - dt.timedelta(minutes=5),
        recorded_at=NOW - dt.timedelta(minutes=5),
        by=by,
        evidence=Evidence.CLICK,
    )
    Card.objects.filter(pk=collected.pk).update(state=CardState.HANDED_OVER, handed_over_at=hand_over.at)
    asked = {"requested_at": NOW, "requested_by": by}
    away = Transfer.objects.create(card=_card(card_year, point), from_point=point, to_point=third, **asked)
    here = Transfer.objects.create(
        card=_card(card_year, third), from_point=third, to_point=point, sent_at=NOW, sent_by=by, **asked
    )
    pickup_list = PickupList.objects.create(
        card_year=card_year, pickup_point=point, revision=1, made_at=NOW, card_numbers=[waiting.number]
    )
    statement = PointStatement.objects.create(
        card_year=card_year, point=point, cards=3, text="Naar de school gebracht", at=NOW, by=by
    )
    return {
        "card": waiting.number,
        "card key": str(waiting.pk),
        "hand over": str(hand_over.pk),
        "list": str(pickup_list.pk),
        "transfer away": str(away.pk),
        "transfer here": str(here.pk),
        "member": str(DeskMember.objects.get(point=point, role="desk").pk),
        "statement": str(statement.pk),
        "point": point.code,
        "sealed": signing.dumps(waiting.pk, salt=ELSEWHERE_SALT),
    }


def _card(card_year: CardYear, point: PickupPoint) -> Card:
    return make.card(make.person(card_year), at=point)
