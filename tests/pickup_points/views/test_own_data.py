"""A point's own data on screen: who may, what is refused and how, what is shown before saving, and that it is public at once."""

import datetime as dt
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.models import CardYear
from pickup_points.models import PickupPoint, PointChange, PointYear
from tests import make
from tests.conftest import NOW
from tests.pages import text
from tests.pickup_points.own_data_page import URL, errors, hidden, log_in_again, send, start

pytestmark = pytest.mark.usefixtures("today")

D = dt.date
WEEK = dict.fromkeys(("ma", "di", "wo", "do", "vr"), "09:00-12:00 13:30-18:00")


@pytest.fixture
def point(card_year: CardYear) -> PickupPoint:
    return make.point("gent", year=card_year.year, serves="9000")


@pytest.fixture
def manager(point: PickupPoint, client: Client) -> Client:
    client.force_login(make.member(point, is_manager=True).user)
    return client


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("manager", 200), ("desk", 404), ("stranger", 404), ("nobody", 302)])
def test_only_managers_of_the_point_come_in(who: str, status: int, point: PickupPoint, client: Client) -> None:
    other = make.point("brugge", year=2027)
    people = {
        "manager": lambda: make.member(point, is_manager=True),
        "desk": lambda: make.member(point),
        "stranger": lambda: make.member(other, is_manager=True),
    }
    if who in people:
        client.force_login(people[who]().user)

    seen, sent = client.get(URL), client.post(URL, {"step": "save", "phone": "1"})

    assert seen.status_code == status
    assert sent.status_code == (409 if status == 200 else status)
    assert (PointChange.objects.count(), PickupPoint.objects.get(pk=point.pk).phone) == (0, "")


# --- O01 to O16 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        pytest.param("vr", "18:00-02:00", "18:00-02:00", id="O01-overnight"),
        pytest.param("ma", "9-12 en 12-17", "09:00-17:00", id="O03-touching"),
        pytest.param("ma", "0u-24u", "00:00-24:00", id="O04-whole-day"),
        pytest.param("ma", "9u30 - 12u", "09:30-12:00", id="O06-u"),
        pytest.param("ma", "9.30-12.00", "09:30-12:00", id="O06-dot"),
        pytest.param("ma", "9h-12h30", "09:00-12:30", id="O06-h"),
        pytest.param("ma", "09:00-12:00 en 13:30-18:00", "09:00-12:00 13:30-18:00", id="O06-en"),
        pytest.param("ma", "20:00-24:00", "20:00-24:00", id="O06-24-is-the-end"),
        pytest.param("ma", "gesloten", None, id="closed-in-words"),
    ],
)
def test_hours_as_people_type_them_are_kept_in_one_form(
    field: str, written: str, kept: str | None, manager: Client, point: PickupPoint
) -> None:
    answer = send(manager, "save", **{field: written})

    assert answer.status_code == 302
    point.refresh_from_db()
    assert point.hours.get(field) == kept


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param(
            {"di": "9-12 11-14"},
            "di",
            "09:00-12:00 en 11:00-14:00 overlappen. Voeg ze samen of verbeter er een.",
            id="O02",
        ),
        pytest.param(
            {"za": "20:00-05:00", "zo": "04:00-08:00"},
            "za",
            "za 20:00-05:00 en zo 04:00-08:00 overlappen in de nacht.",
            id="O02-night",
        ),
        pytest.param(
            {"wo": "9-9"},
            "wo",
            "“9-9” begint en eindigt op hetzelfde uur. De hele dag open is 00:00-24:00.",
            id="O04",
        ),
        pytest.param({"wo": "17-13"}, "wo", "“17-13” eindigt voor het begint. Bedoel je 13:00-17:00?", id="O05"),
        pytest.param({"wo": "9-25:00"}, "wo", "“25:00” is geen uur. Een dag loopt van 00:00 tot 24:00.", id="O06-25"),
        pytest.param(
            {"wo": "09:3-12"},
            "wo",
            "“09:3-12” zijn geen openingsuren. Schrijf ze als 09:00-12:00 13:30-18:00.",
            id="O06-09:3",
        ),
        pytest.param(
            {"collect_from": "2027-03-01", "collect_until": "2027-02-01"},
            "collect_until",
            "De laatste dag (01/02/2027) ligt voor de eerste (01/03/2027).",
            id="O12-order",
        ),
        pytest.param(
            {"collect_until": "2027-12-31"},
            "collect_until",
            "Dit valt buiten de afhaalperiode van het jaar: 2026-12-27 tot en met 2027-07-10.",
            id="O12-outside-the-year",
        ),
        pytest.param(
            {"exceptional": "29/12/2026: 10-12\n29/12/2026: 14-16"},
            "exceptional",
            "29/12/2026 staat twee keer bij de uitzonderlijke uren: 10:00-12:00 en 14:00-16:00. "
            "Zet alle uren van die dag samen.",
            id="O13",
        ),
        pytest.param(
            {"wo": "<b>na afspraak</b>"},
            "wo",
            "“<b>na afspraak</b>” zijn geen openingsuren. Schrijf ze als 09:00-12:00 13:30-18:00.",
            id="O15-hours",
        ),
        pytest.param(
            {"closed": "0000-01-01"},
            "closed",
            "“0000-01-01” bestaat niet. Schrijf een datum als 25/12/2026.",
            id="O16-0000",
        ),
        pytest.param(
            {"closed": "9999-01-01"}, "closed", "“9999-01-01”: het jaar 9999 kan niet kloppen.", id="O16-9999"
        ),
        pytest.param(
            {"closed": "25/12/26"},
            "closed",
            "“25/12/26”: schrijf het jaar met vier cijfers. "
            "Schrijf gesloten dagen als 25/12/2026 of 28/12/2026 t/m 02/01/2027, elk op een regel.",
            id="O16-two-digits",
        ),
        pytest.param({"collect_from": "2027-02-30"}, "collect_from", "Deze datum bestaat niet.", id="no-such-date"),
        pytest.param({"email": "bib"}, "email", "Dit is geen e-mailadres.", id="email"),
        pytest.param(
            {"website": "javascript:alert(1)"},
            "website",
            "Dit is geen webadres. Schrijf het als https://www.voorbeeld.be.",
            id="website",
        ),
        pytest.param({"poster_text": "x" * 201}, "poster_text", "Dit is langer dan 200 tekens.", id="too-long"),
        pytest.param({"phone": "0" * 41}, "phone", "Dit is langer dan 40 tekens.", id="phone-too-long"),
    ],
)
@pytest.mark.parametrize("step", ["review", "save"])
def test_what_cannot_be_right_is_refused_beside_its_field(
    step: str, typed: dict[str, str], field: str, sentence: str, manager: Client, point: PickupPoint
) -> None:
    answer = send(manager, step, **typed)

    assert answer.status_code == 422
    assert errors(answer) == {field: [sentence]}
    # Summarised with a link, and beside the field; what was typed stays.
    assert text(answer).count(sentence) == 2
    assert f'href="#id_{field}"' in answer.content.decode()
    assert {name: answer.context["form"][name].value() for name in typed} == typed
    assert "<b>na afspraak</b>" not in answer.content.decode()
    assert (PickupPoint.objects.get(pk=point.pk).hours, PointChange.objects.count()) == (WEEK, 0)


def test_o07_an_exception_over_a_normal_day_wins_and_is_shown_as_such(manager: Client) -> None:
    answer = send(manager, "review", exceptional="14/01/2027: 10-12")

    different = [day for day in answer.context["review"].days if day.is_different]
    assert [(day.was.text, day.becomes.text, day.becomes.note) for day in different] == [
        ("9.00–12.00 en 13.30–18.00", "10.00–12.00", "andere uren dan gewoonlijk")
    ]


def test_o08_an_exception_outside_the_period_is_allowed_and_said_to_count_for_nothing(manager: Client) -> None:
    answer = send(manager, "review", exceptional="01/08/2027: 10-12")

    assert "1 augustus 2027: buiten de afhaalperiode." in text(answer)
    assert [day for day in answer.context["review"].days if day.is_different] == []


def test_o09_closed_all_the_time_is_an_alarm_and_shows_what_the_lookup_says(manager: Client) -> None:
    answer = send(manager, "review", closed="01/01/2027 t/m 10/07/2027")

    assert [remark.kind for remark in answer.context["review"].remarks] == ["alarm"]
    assert "gesloten tot het einde van de afhaalperiode" in text(answer)


def test_o10_days_on_which_the_clock_jumps_are_as_the_wall_says(manager: Client) -> None:
    with time_machine.travel(dt.datetime(2027, 3, 22, 10, tzinfo=NOW.tzinfo), tick=False):
        log_in_again(manager)
        answer = send(manager, "review", exceptional="28/03/2027: 01:30-04:00")

    assert [(day.becomes.text, day.becomes.note) for day in answer.context["review"].days if day.is_different] == [
        ("1.30–4.00", "Pasen: uitzonderlijk open")
    ]


def test_o11_holidays_on_an_open_day_are_pointed_at(manager: Client) -> None:
    with time_machine.travel(dt.datetime(2026, 12, 20, 10, tzinfo=NOW.tzinfo), tick=False):
        before = manager.get(URL).context["feasts"]
        send(manager, "save", closed="01/01/2027 29/03/2027")
        after = manager.get(URL).context["feasts"]

    assert before == [
        "vrijdag 1 januari 2027 (Nieuwjaar)",
        "maandag 29 maart 2027 (paasmaandag)",
        "donderdag 6 mei 2027 (Hemelvaart)",
        "maandag 17 mei 2027 (pinkstermaandag)",
    ]
    assert after == before[2:]


def test_o12_closures_over_new_year_stay_one_stretch(manager: Client, point: PickupPoint) -> None:
    send(manager, "save", closed="28/12/2026 t/m 02/01/2027")

    point.refresh_from_db()
    assert point.closed == "2026-12-28/2027-01-02"
    assert start(manager)["closed"] == "28/12/2026 t/m 02/01/2027"


@pytest.mark.parametrize(
    ("waiting", "sentence"),
    [
        (3, "3 mensen wachten hier nog, en moeten dan uiterlijk op vrijdag 30 april 2027 komen."),
        (1, "1 mens wacht hier nog, en moet dan uiterlijk op vrijdag 30 april 2027 komen."),
        (0, ""),
    ],
)
def test_o14_an_earlier_last_day_says_how_many_still_wait(
    waiting: int, sentence: str, manager: Client, point: PickupPoint, card_year: CardYear
) -> None:
    for _ in range(waiting):
        make.card(make.person(card_year), at=point)
    make.card(make.person(card_year), at=make.point("brugge", year=2027))

    answer = send(manager, "review", collect_until="2027-04-30")

    assert answer.context["waiting"] == waiting
    assert [remark.kind for remark in answer.context["review"].remarks] == ["care"] * bool(waiting)
    assert sentence in text(answer)
    assert PointYear.objects.get(point=point).collect_until is None


def test_o14_a_last_day_that_is_over_is_an_alarm_and_stopping_is_for_klasse(
    manager: Client, point: PickupPoint, card_year: CardYear, settings: Any
) -> None:
    make.card(make.person(card_year), at=point)

    answer = send(manager, "review", collect_until="2027-01-11")

    assert [remark.kind for remark in answer.context["review"].remarks] == ["alarm"]
    assert "1 mens wacht hier nog" in text(answer)
    assert f"Dat regelt Klasse: mail {settings.OFFICE_EMAIL}" in text(manager.get(URL))


def test_o15_html_in_the_poster_text_is_plain_text(manager: Client, point: PickupPoint) -> None:
    written = '<script>alert(1)</script> "na afspraak" & zo'

    reviewed = send(manager, "review", poster_text=written)
    send(manager, "save", poster_text=written)

    point.refresh_from_db()
    assert point.poster_text == written
    for answer in (reviewed, manager.get(URL)):
        assert "<script>alert(1)" not in answer.content.decode()
        assert written in unescape(answer.content.decode())


# --- two steps ------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_what_was_typed_goes_along(manager: Client, point: PickupPoint) -> None:
    typed = {"ma": "10u-12u", "phone": "09 000 00 00"}

    reviewed = send(manager, "review", **typed)

    assert reviewed.status_code == 200
    assert {name: hidden(reviewed)[name] for name in typed} == typed
    assert (PickupPoint.objects.get(pk=point.pk).hours, PointChange.objects.count()) == (WEEK, 0)
    saved = manager.post(URL, hidden(reviewed) | {"step": "save"})
    assert saved.status_code == 302
    point.refresh_from_db()
    assert (point.hours["ma"], point.phone) == ("10:00-12:00", "09 000 00 00")
    edited = manager.post(URL, hidden(reviewed) | {"step": "edit"})
    assert {name: edited.context["form"][name].value() for name in typed} == typed


def test_review_shows_each_difference_in_words(manager: Client) -> None:
    answer = send(
        manager,
        "review",
        ma="",
        za="10-12",
        closed="18/02/2027",
        collect_until="2027-06-30",
        website="bib.voorbeeld.be",
    )

    assert [(line.label, line.was, line.became) for line in answer.context["review"].lines] == [
        ("Maandag", "9.00–12.00 en 13.30–18.00", "gesloten"),
        ("Zaterdag", "gesloten", "10.00–12.00"),
        ("Gesloten", "geen dagen", "18 februari 2027"),
        ("Website", "niets ingevuld", "https://bib.voorbeeld.be"),
        ("Laatste dag", "zoals overal", "woensdag 30 juni 2027"),
    ]
    review = answer.context["review"]
    assert [day.becomes.date for day in review.days if day.is_different] == [D(2027, 1, d) for d in (16, 18, 23, 25)]
    assert review.later[0].becomes.date == D(2027, 1, 30)
    assert len(review.later) == 8
    # 23 Saturdays, 24 Mondays, the closed Thursday and the days after 30 June, less the eight that are shown.
    assert review.more_later > 30


def test_nothing_typed_is_nothing_to_save(manager: Client) -> None:
    reviewed = send(manager, "review")
    saved = manager.post(URL, start(manager) | {"step": "save"}, follow=True)

    assert "Er verandert niets" in text(reviewed)
    assert 'value="save"' not in reviewed.content.decode()
    assert "Er was niets veranderd." in text(saved)
    assert PointChange.objects.count() == 0


@pytest.mark.parametrize("step", ["review", "save"])
def test_somebody_saved_in_between(step: str, manager: Client, point: PickupPoint) -> None:
    opened = start(manager)
    colleague = Client()
    colleague.force_login(make.member(point, is_manager=True).user)
    send(colleague, "save", phone="09 111 11 11")

    answer = manager.post(URL, opened | {"step": step, "phone": "09 222 22 22", "ma": "9-10"})

    assert answer.status_code == 409
    assert [(line.label, line.was, line.became) for line in answer.context["meanwhile"]] == [
        ("Telefoon", "niets ingevuld", "09 111 11 11")
    ]
    assert (answer.context["form"]["phone"].value(), answer.context["form"]["ma"].value()) == ("09 222 22 22", "9-10")
    point.refresh_from_db()
    assert (point.phone, point.hours, PointChange.objects.count()) == ("09 111 11 11", WEEK, 1)
    # Seen what changed, and sent again: now it is taken.
    again = manager.post(URL, opened | {"step": "save", "phone": "09 222 22 22", "basis": answer.context["basis"]})
    assert again.status_code == 302
    point.refresh_from_db()
    assert point.phone == "09 222 22 22"


@pytest.mark.parametrize("basis", ["", "verzonnen", None])
def test_a_form_we_did_not_give_saves_nothing(basis: str | None, manager: Client, point: PickupPoint) -> None:
    sent = start(manager) | {"step": "save", "phone": "09 222 22 22", "basis": basis or ""}
    if basis is None:
        del sent["basis"]

    answer = manager.post(URL, sent)

    assert answer.status_code == 409
    assert PointChange.objects.count() == 0


def test_history_says_who_changed_what(manager: Client) -> None:
    send(manager, "save", phone="09 111 11 11")
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        log_in_again(manager)
        send(manager, "save", phone="", di="")
        shown = manager.get(URL).context["history"]

    assert [
        (change.at, str(change.by), [(line.label, line.was, line.became) for line in lines]) for change, lines in shown
    ] == [
        (
            NOW + dt.timedelta(days=1),
            "An Voorbeeld",
            [
                ("Dinsdag", "9.00–12.00 en 13.30–18.00", "gesloten"),
                ("Telefoon", "09 111 11 11", "niets ingevuld"),
            ],
        ),
        (NOW, "An Voorbeeld", [("Telefoon", "niets ingevuld", "09 111 11 11")]),
    ]


def test_the_same_questions_for_one_change_and_for_three(manager: Client) -> None:
    counts = []
    for phones in (["1"], ["2", "3"]):
        for phone in phones:
            send(manager, "save", phone=phone)
        with CaptureQueriesContext(connection) as queries:
            manager.get(URL)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- outside a season ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_point_without_a_year_has_no_period_but_has_hours(client: Client) -> None:
    point = make.point("gent")
    client.force_login(make.member(point, is_manager=True).user)

    reviewed = send(client, "review", ma="10-12", collect_until="2027-01-01")
    saved = send(client, "save", ma="10-12", collect_until="2027-01-01")

    assert "collect_until" not in reviewed.context["form"].fields
    assert saved.status_code == 302
    assert PointChange.objects.get().fields == {"hours": [WEEK, WEEK | {"ma": "10:00-12:00"}]}


def test_hours_written_past_the_import_are_shown_to_be_mended(manager: Client, point: PickupPoint) -> None:
    PickupPoint.objects.update(hours={"ma": "op afspraak"}, closed="Kerstmis", exceptional="soms")

    opened = start(manager)
    refused = send(manager, "review")
    mended = send(manager, "save", ma="9-12", closed="", exceptional="")

    assert (opened["ma"], opened["closed"], opened["exceptional"]) == ("op afspraak", "Kerstmis", "soms")
    assert set(errors(refused)) == {"ma", "closed", "exceptional"}
    assert mended.status_code == 302
