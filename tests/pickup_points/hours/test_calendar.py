"""What hours mean on a day and at a moment: closures, New Year, the days the clock jumps."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup_points import hours
from pickup_points.hours import feasts

BRUSSELS = ZoneInfo("Europe/Brussels")
D = dt.date
WEEK = {
    "ma": "09:00-12:00 13:30-18:00",
    "di": "14:00-20:00",
    "wo": "14:00-18:00",
    "vr": "9:00-12:00",
    "za": "10:00-12:30",
}
HOLIDAYS = "2026-12-25 2026-12-28/2027-01-02"


def at(written: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(written).replace(tzinfo=BRUSSELS, fold=fold)


def sentence(schedule: hours.Schedule, written: str) -> str:
    return hours.status(schedule, at=at(written)).sentence


def test_days_give_hours_closures_and_exceptions() -> None:
    schedule = hours.read(week=WEEK, closed=HOLIDAYS, exceptional="2026-12-29=10:00-14:00 2026-12-31=9-10 11-12")

    days = hours.days(schedule, from_=D(2026, 12, 24), count=12)

    assert [(day.name, day.kind, day.text, day.note) for day in days] == [
        ("donderdag 24 dec.", "no_hours", "gesloten", ""),
        ("vrijdag 25 dec.", "closed", "gesloten", "Kerstmis: uitzonderlijk gesloten"),
        ("zaterdag 26 dec.", "regular", "10.00–12.30", ""),
        ("zondag 27 dec.", "no_hours", "gesloten", ""),
        ("maandag 28 dec.", "closed", "gesloten", "uitzonderlijk gesloten"),
        ("dinsdag 29 dec.", "exceptional", "10.00–14.00", "andere uren dan gewoonlijk"),
        ("woensdag 30 dec.", "closed", "gesloten", "uitzonderlijk gesloten"),
        ("donderdag 31 dec.", "exceptional", "9.00–10.00 en 11.00–12.00", "uitzonderlijk open"),
        ("vrijdag 1 jan.", "closed", "gesloten", "Nieuwjaar: uitzonderlijk gesloten"),
        ("zaterdag 2 jan.", "closed", "gesloten", "uitzonderlijk gesloten"),
        ("zondag 3 jan.", "no_hours", "gesloten", ""),
        ("maandag 4 jan.", "regular", "9.00–12.00 en 13.30–18.00", ""),
    ]


def test_days_by_default_are_seven() -> None:
    assert len(hours.days(hours.read(week=WEEK), from_=D(2027, 1, 12))) == 7


def test_days_on_a_holiday_without_closure_warn() -> None:
    (day,) = hours.days(hours.read(week=WEEK), from_=D(2027, 3, 29), count=1)

    assert (day.text, day.note) == ("9.00–12.00 en 13.30–18.00", "feestdag: kijk even na of het open is")


def test_days_outside_the_period_are_not_collectable() -> None:
    schedule = hours.read(week=WEEK, collect_from=D(2027, 1, 12), collect_until=D(2027, 1, 14))

    days = hours.days(schedule, from_=D(2027, 1, 11), count=6)

    assert [(day.collectable, day.note) for day in days] == [
        (False, "afhalen kan nog niet"),
        (True, ""),
        (True, ""),
        (True, ""),
        (False, "afhalen kan niet meer"),
        (False, "afhalen kan niet meer"),
    ]


def test_days_all_outside_the_period_do_not_repeat_it() -> None:
    schedule = hours.read(week=WEEK, collect_until=D(2027, 1, 10))

    assert [day.note for day in hours.days(schedule, from_=D(2027, 1, 11), count=3)] == ["", "", ""]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2027-01-11 10:00", "nu open tot 12.00 uur"),
        ("2027-01-11 09:00", "nu open tot 12.00 uur"),
        ("2027-01-11 12:00", "opent vandaag om 13.30 uur"),
        ("2027-01-11 07:00", "opent vandaag om 9.00 uur"),
        ("2027-01-11 18:00", "opent morgen om 14.00 uur"),
        ("2027-01-12 21:00", "opent morgen om 14.00 uur"),
        ("2027-01-13 19:00", "opent vrijdag om 9.00 uur"),
        ("2027-01-16 13:00", "opent maandag om 9.00 uur"),
    ],
)
def test_status_in_an_ordinary_week(moment: str, expected: str) -> None:
    assert sentence(hours.read(week=WEEK), moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-12-24 12:00", "opent zaterdag om 10.00 uur", id="before-a-closed-day"),
        pytest.param("2026-12-25 10:00", "opent morgen om 10.00 uur", id="open-tomorrow"),
        pytest.param("2026-12-26 13:00", "gesloten tot maandag 4 januari om 9.00 uur", id="more-than-a-week"),
        pytest.param("2026-12-29 15:00", "gesloten tot maandag 4 januari om 9.00 uur", id="within-the-closure"),
        pytest.param("2027-01-01 00:30", "gesloten tot maandag 4 januari om 9.00 uur", id="new-year"),
        pytest.param("2027-01-03 12:00", "opent morgen om 9.00 uur", id="the-day-before"),
    ],
)
def test_status_around_a_closure_over_new_year(moment: str, expected: str) -> None:
    assert sentence(hours.read(week=WEEK, closed=HOLIDAYS), moment) == expected


def test_status_exception_wins_over_the_closure() -> None:
    schedule = hours.read(week=WEEK, closed=HOLIDAYS, exceptional="2026-12-29=10:00-14:00")

    assert sentence(schedule, "2026-12-28 12:00") == "opent morgen om 10.00 uur"
    assert sentence(schedule, "2026-12-29 13:00") == "nu open tot 14.00 uur"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-12-20 10:00", "afhalen kan vanaf maandag 28 december om 9.00 uur"),
        ("2026-12-27 10:00", "opent morgen om 9.00 uur"),
        ("2027-07-09 11:00", "nu open tot 12.00 uur"),
        ("2027-07-10 13:00", "gesloten tot het einde van de afhaalperiode"),
        ("2027-07-11 10:00", "de afhaalperiode is voorbij"),
    ],
)
def test_status_around_the_period(moment: str, expected: str) -> None:
    schedule = hours.read(week=WEEK, collect_from=D(2026, 12, 27), collect_until=D(2027, 7, 10))

    assert sentence(schedule, moment) == expected


def test_status_closed_for_the_whole_period_says_so() -> None:
    """O09."""
    schedule = hours.read(week=WEEK, closed="2026-12-01/2027-07-10", collect_until=D(2027, 7, 10))

    assert sentence(schedule, "2027-02-01 10:00") == "gesloten tot het einde van de afhaalperiode"


def test_status_without_hours_is_unknown() -> None:
    assert hours.status(hours.read(week={}), at=at("2027-02-01 10:00")) == hours.Status(
        is_open=False, sentence="openingsuren niet bekend", next_change=None
    )


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2027-01-12 23:00", "nu open tot 2.00 uur"),
        ("2027-01-13 01:59", "nu open tot 2.00 uur"),
        ("2027-01-13 02:00", "opent dinsdag om 18.00 uur"),
    ],
)
def test_status_overnight_is_one_stretch_over_two_days(moment: str, expected: str) -> None:
    """O01. At 23.00 the end lies in the coming night: people do not call that tomorrow."""
    schedule = hours.read(week={"di": "18:00-02:00"})

    assert sentence(schedule, moment) == expected


def test_days_overnight_is_shown_as_one() -> None:
    days = hours.days(hours.read(week={"di": "18:00-02:00"}), from_=D(2027, 1, 12), count=2)

    assert [day.text for day in days] == ["18.00–2.00", "gesloten"]


def test_days_overnight_stops_at_a_closed_midnight() -> None:
    schedule = hours.read(week={"di": "18:00-02:00"}, closed="2027-01-13")

    assert hours.days(schedule, from_=D(2027, 1, 12), count=1)[0].text == "18.00–middernacht"
    assert sentence(schedule, "2027-01-12 23:00") == "nu open tot middernacht"


def test_status_touching_over_midnight_is_one_stretch() -> None:
    assert (
        sentence(hours.read(week={"di": "18:00-24:00", "wo": "00:00-03:00"}), "2027-01-12 23:00")
        == "nu open tot 3.00 uur"
    )


def test_status_day_and_night() -> None:
    schedule = hours.read(week=dict.fromkeys(hours.WEEKDAYS, "00:00-24:00"))

    assert sentence(schedule, "2027-01-12 23:00") == "dag en nacht open"


@pytest.mark.parametrize(
    ("week", "day", "seconds"),
    [
        pytest.param({"zo": "01:00-05:00"}, D(2027, 3, 28), 3 * 3600, id="O10-spring-an-hour-less"),
        pytest.param({"zo": "01:00-05:00"}, D(2027, 10, 31), 5 * 3600, id="O10-autumn-an-hour-more"),
        pytest.param({"zo": "02:30-05:00"}, D(2027, 3, 28), 1.5 * 3600, id="O10-opens-in-the-gap"),
        pytest.param({"zo": "01:00-05:00"}, D(2027, 1, 17), 4 * 3600, id="ordinary"),
    ],
)
def test_days_have_real_durations(week: dict[str, str], day: dt.date, seconds: float) -> None:
    (opening,) = hours.days(hours.read(week=week), from_=day, count=1)[0].openings

    # Within one zone Python subtracts wall times: the real duration is that in UTC.
    assert (opening.closes_at.astimezone(dt.UTC) - opening.opens_at.astimezone(dt.UTC)).total_seconds() == seconds


def test_status_in_the_hour_that_comes_twice() -> None:
    """O10: open until 2.30, closed at the first 2.45, and not open again at the second 2.15."""
    schedule = hours.read(week={"zo": "01:00-02:30"})

    assert hours.status(schedule, at=at("2027-10-31 02:15")).is_open is True
    assert hours.status(schedule, at=at("2027-10-31 02:45")).is_open is False
    assert hours.status(schedule, at=at("2027-10-31 02:15", fold=1)).is_open is False


def test_status_in_another_zone_is_the_same_moment() -> None:
    schedule = hours.read(week=WEEK)

    assert hours.status(schedule, at=dt.datetime(2027, 1, 11, 9, 0, tzinfo=dt.UTC)).sentence == "nu open tot 12.00 uur"


def test_openings_between_keeps_to_the_period() -> None:
    schedule = hours.read(week=WEEK, collect_from=D(2027, 1, 12), collect_until=D(2027, 1, 13))

    openings = hours.openings_between(schedule, first=D(2027, 1, 1), last=D(2027, 2, 1))

    assert [opening.opens_at for opening in openings] == [at("2027-01-12 14:00"), at("2027-01-13 14:00")]


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (2024, D(2024, 3, 31)),
        (2025, D(2025, 4, 20)),
        (2026, D(2026, 4, 5)),
        (2027, D(2027, 3, 28)),
        (2038, D(2038, 4, 25)),
    ],
)
def test_of_year_knows_easter(year: int, easter: dt.date) -> None:
    assert feasts.of_year(year)[easter] == "Pasen"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (D(2027, 1, 1), "Nieuwjaar"),
        (D(2027, 3, 28), "Pasen"),
        (D(2027, 5, 6), "Hemelvaart"),
        (D(2027, 7, 11), "Feest van de Vlaamse Gemeenschap"),
        (D(2027, 12, 25), "Kerstmis"),
        (D(2027, 1, 12), ""),
    ],
)
def test_feast_name(day: dt.date, name: str) -> None:
    """O11."""
    assert feasts.name(day) == name


MOMENTS = st.integers(0, 400 * 24 * 60).map(
    lambda minutes: (dt.datetime(2026, 12, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(BRUSSELS)
)


@given(MOMENTS)
def test_status_agrees_with_the_days(moment: dt.datetime) -> None:
    schedule = hours.read(week=WEEK | {"za": "18:00-02:00"}, closed=HOLIDAYS, exceptional="2026-12-29=10:00-14:00")
    around = hours.openings_between(
        schedule, first=moment.date() - dt.timedelta(1), last=moment.date() + dt.timedelta(1)
    )

    found = hours.status(schedule, at=moment)

    instant = moment.astimezone(dt.UTC)
    assert found.is_open == any(opening.opens_at <= instant < opening.closes_at for opening in around)
    assert found.next_change is not None
    assert found.next_change.astimezone(dt.UTC) > instant
