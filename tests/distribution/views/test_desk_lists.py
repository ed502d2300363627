"""Lists at a desk: which there are, a new one, and each as a file; nobody else's."""

import datetime as dt
import io
import zipfile

import pytest
from django.conf import settings
from django.db import connection
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.actions import pickup_lists
from distribution.enums import CardState, ReadingKind
from distribution.models import Card, CardYear, PickupList, PrintBatch, Reading, YearEvent
from pickup_points.desks import Desk
from tests import make, pickup_sheets
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
LISTS = "/balie/bib-hier/lijsten/"


@pytest.fixture
def year(card_year: CardYear) -> CardYear:
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=NOW, reference_date=NOW.date())
    card_year.refresh_from_db()
    return card_year


@pytest.fixture
def desk(year: CardYear, client: Client) -> Desk:
    """An at the desk of bib-hier, no manager, logged in; two cards wait there and one elsewhere."""
    desk = make.member(make.point("bib-hier", year=2027))
    for name in ("Aerts", "Beckers"):
        make.card(make.person(year, name), at=desk.point)
    make.card(make.person(year, "Zwijgzaam"), at=make.point("bib-daar", year=2027))
    client.force_login(desk.user)
    return desk


def _made(year: CardYear, code: str = "bib-hier") -> PickupList:
    return PickupList.objects.get(pk=pickup_lists.make(year, at=NOW, point=code)[0])


def _addresses(made: PickupList) -> list[str]:
    return [LISTS, *(f"{LISTS}{made.pk}/{kind}/" for kind in ("pdf", "xlsx", "invoeren")), f"{LISTS}invoeren/"]


def test_every_page_is_for_members_alone(desk: Desk, year: CardYear, client: Client) -> None:
    made = _made(year)
    stranger = make.member(make.point("bib-vreemd", year=2027), is_manager=True)
    client.logout()
    anonymous = [client.get(address) for address in _addresses(made)]
    client.force_login(stranger.user)
    foreign = [client.get(address) for address in _addresses(made)]
    client.force_login(desk.user)
    own = [client.get(address) for address in _addresses(made)]

    assert {answer.status_code for answer in anonymous} == {302}
    assert {answer["Location"].partition("?")[0] for answer in anonymous} == {resolve_url(settings.LOGIN_URL)}
    assert [answer.status_code for answer in foreign] == [404] * 5
    assert [answer.status_code for answer in own] == [200] * 5


def test_another_points_list_is_answered_like_a_missing_one(desk: Desk, year: CardYear, client: Client) -> None:
    foreign = _made(year, "bib-daar")
    addresses = [
        f"{LISTS}{pk}/{kind}/" for kind in ("pdf", "xlsx", "invoeren") for pk in (foreign.pk, foreign.pk + 999)
    ]

    answers = [client.get(address) for address in addresses]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert len({answer.content for answer in answers}) == 1
    assert Reading.objects.count() == 0


def test_a_list_of_an_earlier_year_is_gone(desk: Desk, year: CardYear, client: Client) -> None:
    made = _made(year)
    CardYear.objects.create(
        year=2028,
        lookup_from=dt.date(2027, 1, 1),
        collect_from=dt.date(2027, 1, 2),
        collect_until=dt.date(2028, 7, 10),
        opened_at=NOW,
    )

    assert client.get(f"{LISTS}{made.pk}/pdf/").status_code == 404


def test_before_a_year_was_opened_the_page_says_so(client: Client) -> None:
    desk = make.member(make.point("bib-hier"))
    client.force_login(desk.user)

    answers = [client.get(LISTS), client.get(f"{LISTS}invoeren/?code=LK-1-1-1-01"), client.post(f"{LISTS}maken/")]

    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert "Er zijn nog geen kaarten toegekend" in answers[0].content.decode()


def test_the_pdf_is_the_list_and_its_name_says_nothing_of_a_person(desk: Desk, year: CardYear, client: Client) -> None:
    made = _made(year)
    make.batch(year)

    answer = client.get(f"{LISTS}{made.pk}/pdf/")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="bib-hier-2027-r1.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert [(row, name) for row, name, _ in pickup_sheets.rows(answer.content)] == [(1, "Aerts An"), (2, "Beckers An")]


def test_the_spreadsheet_is_the_same_list(desk: Desk, year: CardYear, client: Client) -> None:
    made = _made(year)

    answer = client.get(f"{LISTS}{made.pk}/xlsx/")

    assert answer["Content-Disposition"] == 'attachment; filename="bib-hier-2027-r1-voorlopig.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert [name for name in ("Aerts", "Beckers", "Zwijgzaam") if name in sheet] == ["Aerts", "Beckers"]


def test_each_download_is_written_down_and_the_page_shows_no_name(desk: Desk, year: CardYear, client: Client) -> None:
    made = _made(year)

    page = client.get(LISTS).content.decode()
    before = Reading.objects.count()
    client.get(f"{LISTS}{made.pk}/pdf/")
    client.get(f"{LISTS}{made.pk}/xlsx/")

    assert ("Aerts" in page, before) == (False, 0)
    assert [
        (one.kind, one.by, one.point, one.at, one.cards, one.count, one.term_hash) for one in Reading.objects.all()
    ] == [(ReadingKind.LIST, desk.user, desk.point, NOW, [], 2, "")] * 2


def test_a_new_list_is_made_when_cards_changed(desk: Desk, year: CardYear, client: Client) -> None:
    _made(year)
    Card.objects.filter(person__last_name="Aerts").update(state=CardState.HANDED_OVER, handed_over_at=NOW)
    page = client.get(LISTS).content.decode()

    answer = client.post(f"{LISTS}maken/")

    assert "ging er <strong>1 naam af</strong>" in " ".join(page.split())
    assert answer["Location"] == LISTS
    assert list(PickupList.objects.order_by("pk").values_list("pickup_point__code", "revision", "since")) == [
        ("bib-hier", 1, None), ("bib-hier", 2, None),
    ]  # fmt: skip
    assert [event.by for event in YearEvent.objects.filter(kind="pickup_lists_made").order_by("pk")] == [
        None,
        desk.user,
    ]
    assert "Deze lijst is bij" in client.get(LISTS).content.decode()


def test_making_it_again_without_a_change_makes_nothing(desk: Desk, year: CardYear, client: Client) -> None:
    client.post(f"{LISTS}maken/")
    client.post(f"{LISTS}maken/")

    assert PickupList.objects.count() == 1


def test_a_delta_holds_who_came_since(desk: Desk, year: CardYear, client: Client) -> None:
    _made(year)
    added = make.card(make.person(year, "Claes"), at=desk.point)

    client.post(f"{LISTS}maken/", {"sinds": "1"})

    delta = PickupList.objects.get(since=1)
    assert (delta.revision, delta.card_numbers) == (2, [added.number])
    assert "Aanvulling op revisie 1" in client.get(LISTS).content.decode()
    assert client.get(f"{LISTS}{delta.pk}/xlsx/")["Content-Disposition"] == (
        'attachment; filename="bib-hier-2027-r2-sinds-r1-voorlopig.xlsx"'
    )


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("1", "Sinds revisie 1 kwam er niemand bij."),
        ("9", "Er is nog geen afhaallijst met revisie 9."),
        ("0", "Er is nog geen afhaallijst met revisie 0."),
        ("vijf", "Er is nog geen afhaallijst met revisie 0."),
        ("9" * 400, "Er is nog geen afhaallijst met revisie 0."),
    ],
)
def test_a_delta_that_cannot_be_is_told(desk: Desk, year: CardYear, client: Client, since: str, words: str) -> None:
    _made(year)

    answer = client.post(f"{LISTS}maken/", {"sinds": since}, follow=True)

    assert words in answer.content.decode()
    assert PickupList.objects.count() == 1


def test_before_the_run_there_is_no_list(desk: Desk, year: CardYear, client: Client) -> None:
    CardYear.objects.update(last_run_at=None, reference_date=None)

    answer = client.post(f"{LISTS}maken/", follow=True)

    assert "Er zijn nog geen kaarten toegekend voor jouw afhaalpunt." in answer.content.decode()
    assert PickupList.objects.count() == 0


def test_a_list_is_not_made_by_looking(desk: Desk, client: Client) -> None:
    assert client.get(f"{LISTS}maken/").status_code == 405


def test_the_page_asks_as_much_for_one_list_as_for_three(desk: Desk, year: CardYear, client: Client) -> None:
    client.get(LISTS)  # the session's own questions, once a minute
    counts = []
    for name in ("Claes", "Dillen", "Engels"):
        make.card(make.person(year, name), at=desk.point)
        pickup_lists.make(year, at=NOW, point="bib-hier")
        with CaptureQueriesContext(connection) as asked:
            client.get(LISTS)
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2]
    assert PrintBatch.objects.count() == 0
