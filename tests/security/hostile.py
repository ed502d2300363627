"""A year in which every text that people can type is an attack, and every page and file that shows it.

FREE and OURS together are all text columns there are: a new one makes test_every_text_column_is_known fail
until it is said whether people type in it.
"""

import contextlib
import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import models as columns
from django.test import Client
from django.urls import reverse

from distribution import models, tasks
from distribution.actions import jobs, settlements
from distribution.enums import CountKind, JobKind, MailingKind
from distribution.models import CardYear, Job
from distribution.queries import stored_files
from distribution.rules.reconciliation import Tolerance
from pickup_points import models as places
from pickup_points.desks import Desk
from pickup_points.models import User
from tests import make, routes
from tests.distribution import lived_year
from tests.security import matrix
from tests.security.matrix import MATRIX, OURS, Who, World

# What people type, or what comes in a file.
FREE: Mapping[type[columns.Model], tuple[str, ...]] = {
    models.ExcludingCode: ("meaning",),
    models.Person: ("last_name", "first_name", "street", "house_number", "box", "postcode", "municipality"),
    models.Appointment: ("institution_name",),
    models.PersonnelImport: ("forced_because",),
    models.PendingChange: ("was", "becomes"),
    models.FiguresSnapshot: ("title",),
    models.PublishedFigures: ("cause",),
    models.HandOver: ("collector", "undo_reason"),
    models.Upload: ("name",),
    models.Job: ("sentence",),
    models.MailText: ("subject", "body"),
    models.Mailing: ("subject", "body", "selection"),
    models.MailToPoint: ("failure",),
    models.Reading: ("reason",),
    models.PointStatement: ("text",),
    models.Transfer: ("end_reason",),
    models.VoidedNumber: ("reference",),
    places.User: ("name",),
    places.PickupPoint: ("name", "street", "house_number", "municipality", "phone", "poster_text"),
}
# Codes, digests, names of our own, and what only a checked shape can get into.
OURS_ONLY: Mapping[type[columns.Model], tuple[str, ...]] = {
    models.EntitledCategory: ("level", "category"),
    models.ExcludingCode: ("code",),
    models.YearEvent: ("kind",),
    models.Person: ("staff_number", "country", "sort_key"),
    models.Appointment: (
        "institution_number", "institution_postcode", "level", "category", "paid_by", "interruption_code",
    ),
    models.PersonnelImport: ("sha256",),
    models.Subscriber: ("staff_number",),
    models.EarlierHolder: ("staff_number",),
    models.NotEntitled: ("reason",),
    models.Card: ("number", "level", "category", "nis", "province"),
    models.StoredFile: ("name", "content_type", "sha256"),
    models.Upload: ("sha256",),
    models.Job: ("lane", "owner", "code"),
    models.LookupCounter: ("key",),
    models.ReadingSeal: ("words_key", "rows_digest", "words_digest", "digest"),
    models.Reading: ("term_hash",),
    models.ShieldedNumber: ("staff_number",),
    models.VoidedNumber: ("number",),
    places.User: ("password", "email"),
    places.AccountEvent: ("was", "became"),
    places.PickupPoint: ("code", "postcode", "email", "website", "closed", "exceptional"),
    places.ServedPostcode: ("postcode",),
}  # fmt: skip
# A constraint lets these be filled only together with a moment: in the rows where they are.
WITH_A_MOMENT = {"undo_reason", "end_reason", "failure", "sentence", "forced_because"}


@dataclass
class HostileYear:
    """`world`: who may go where; `at`: the moment it is."""

    world: World
    card_year: CardYear
    at: dt.datetime
    person_number: str

    @property
    def office(self) -> Client:
        return self.world.clients["office"]

    @property
    def manager(self) -> Client:
        return self.world.clients["manager"]


def year(card_year: CardYear) -> HostileYear:
    """Everything that can be in a year, harmless still."""
    world = matrix.world(card_year)
    lived = lived_year.lived(card_year)
    office = world.users["office"]
    point = places.PickupPoint.objects.get(code=OURS)
    places.PickupPoint.objects.update(phone="09 000 00 00", website="https://punt.voorbeeld.be/", poster_text="Welkom")
    for card in models.Card.objects.filter(pickup_point=point):
        make.appointment(card.person, institution_name="Schoolgeheim")
    make.batch(card_year, 3)
    models.StockCount.objects.create(
        card_year=card_year, point=point, kind=CountKind.RECEIVED, counted=3, at=lived_year.IN_SEASON, by=office
    )
    models.MailText.objects.create(
        kind=MailingKind.COUNT, subject="Tel", body="Dag", at=lived_year.IN_SEASON, by=office
    )
    models.PublishedFigures.objects.create(
        year=2020, cards=100, collected=60, with_card=60, is_estimate=True, cause="Weinig geteld"
    )
    mailing = models.Mailing.objects.get(pk=routes.SAMPLES["mailing_id"])
    models.MailToPoint.objects.create(mailing=mailing, point=point, failure="Stuk")
    Job.objects.filter(pk=routes.SAMPLES["job_id"]).update(
        state="refused", ended_at=lived_year.IN_SEASON, sentence="Dat gaat niet", code="x"
    )
    return HostileYear(world, card_year, lived_year.IN_SEASON, lived.number)


@contextlib.contextmanager
def season_closed(made: HostileYear) -> Iterator[None]:
    """While it lasts our point has closed its season: there is a page and a document of thanks."""
    desk = Desk(places.PickupPoint.objects.get(code=OURS), made.world.users["manager"], is_manager=True)
    settlement = settlements.close(
        made.card_year, desk=desk, tolerance=Tolerance(cards=2, percent=1), at=made.at, goes_uncounted=True
    )
    yield
    settlement.delete()


def poison(payloads: Sequence[str], *, turn: int = 0) -> None:
    """Fill every text that people type with the payloads, in turn; `turn` starts elsewhere in the row of payloads."""
    for model, names in FREE.items():
        rows = list(model._default_manager.order_by("pk"))
        for place, row in enumerate(rows):
            for offset, name in enumerate(names):
                longest = model._meta.get_field(name).max_length  # type: ignore[union-attr]
                if name in WITH_A_MOMENT and not getattr(row, name):
                    continue
                setattr(row, name, payloads[(turn + place + 3 * offset) % len(payloads)][:longest])
        assert rows, f"no {model.__name__} to poison"
        model._default_manager.bulk_update(rows, names, batch_size=200)


def addresses(role: str) -> list[str]:
    """The pages somebody may look at, filled in; every one of them exists in this year."""
    found = []
    for name, _, pattern in routes.named():
        route = MATRIX[name]
        takes_get = "GET" in route.methods.split() and route.who not in {Who.API, Who.REPORTS, Who.ACCOUNT}
        if takes_get and is_for(role, route.who):
            found.append(name_to_address(name, pattern.pattern.converters))
    return found


def name_to_address(name: str, parts: Mapping[str, Any]) -> str:
    return reverse(name, kwargs={part: routes.SAMPLES[part] for part in parts})


def is_for(role: str, who: Who) -> bool:
    desk = {Who.DESK, Who.MANAGER, Who.PERSON}
    return who in {"manager": desk, "office": {Who.KLASSE, Who.OFFICE}, "anonymous": {Who.ALL}}[role]


def every_file(made: HostileYear, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file somebody can fetch or an assignment makes, archives opened: a name to tell it by, and its bytes."""
    for name, content in _fetched(made):
        yield from _opened(name, content)
    yield from _thanks(made)
    for kind, options in (
        (JobKind.PRINT, {"batch": 3}),
        (JobKind.LISTS, {"xlsx": True}),
        (JobKind.CHANGES, {"format": "csv"}),
        (JobKind.CHANGES, {"format": "xlsx"}),
        (JobKind.STARTERS, {"format": "csv", "mailing_on": "2027-01-15"}),
        (JobKind.STARTERS, {"format": "xlsx", "mailing_on": "2027-01-15"}),
    ):
        for name, content in _worked(made, kind, options):
            yield from _opened(f"{kind} {name}", content)
    call_command("subject_access", made.person_number, "--out", str(folder / "inzage"), "--json", stdout=io.StringIO())
    yield "inzage.pdf", (folder / "inzage" / "inzage.pdf").read_bytes()


def _fetched(made: HostileYear) -> Iterator[tuple[str, bytes]]:
    for role, client in (("office", made.office), ("manager", made.manager)):
        for address in addresses(role):
            answer = client.get(address)
            if answer.status_code == 200 and not answer.headers["Content-Type"].startswith("text/html"):
                yield address, answer.getvalue()
    for address in (
        *(
            f"/beheer/cijfers/bestand/{form}/?{query}"
            for form in ("csv", "xlsx", "pdf")
            for query in ("per=punt&jaren=2027", "jaren=2027")
        ),
        *(f"/balie/{OURS}/lijsten/{made.world.things['list'][OURS]}/{form}/" for form in ("pdf", "xlsx")),
    ):
        answer = (made.office if address.startswith("/beheer/") else made.manager).get(address)
        if answer.status_code == 200:
            yield address, answer.content


def _thanks(made: HostileYear) -> Iterator[tuple[str, bytes]]:
    with season_closed(made):
        answer = made.manager.get(f"/balie/{OURS}/tellen/bedankt.pdf")
    assert answer.status_code == 200
    yield "bedankt.pdf", answer.content


def _worked(made: HostileYear, kind: JobKind, options: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    office: User = made.world.users["office"]
    job = jobs.ask(kind, card_year=made.card_year, by=office, at=made.at, options=options)
    tasks.do_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", f"{kind}: {job.sentence}"
    for file in job.files.all():
        yield file.name, b"".join(stored_files.pieces(file))


def _opened(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inside in archive.namelist():
                yield f"{name}:{inside}", archive.read(inside)
    else:
        yield name, content
