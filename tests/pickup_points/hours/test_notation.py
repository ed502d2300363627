"""The notation of hours: what is understood, what is refused and with which words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup_points import hours
from pickup_points.forms import OwnDataForm
from pickup_points.hours import HoursError, Interval

D = dt.date


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("09:00-12:00 13:30-18:00", "09:00-12:00 13:30-18:00", id="interface"),
        pytest.param("", "", id="empty-is-closed"),
        pytest.param("   ", "", id="blank-is-closed"),
        pytest.param("gesloten", "", id="word-closed"),
        pytest.param("-", "", id="dash-closed"),
        pytest.param("18:00-02:00", "18:00-02:00", id="O01-overnight"),
        pytest.param("22:00-06:00", "22:00-06:00", id="O01-until-six"),
        pytest.param("09:00-12:00 12:00-17:00", "09:00-17:00", id="O03-touching-joined"),
        pytest.param("00:00-24:00", "00:00-24:00", id="O04-whole-day"),
        pytest.param("9.30-12.00", "09:30-12:00", id="O06-dot"),
        pytest.param("9u30-12u", "09:30-12:00", id="O06-u"),
        pytest.param("9h-12h30", "09:00-12:30", id="O06-h"),
        pytest.param("9H – 12U30", "09:00-12:30", id="O06-capitals-and-a-long-dash"),
        pytest.param("9-12 en 13.30-18 uur", "09:00-12:00 13:30-18:00", id="O06-bare-hours"),
        pytest.param("9:00 tot 12:00", "09:00-12:00", id="O06-tot"),
        pytest.param("20:00-24:00", "20:00-24:00", id="O06-end-of-day"),
        pytest.param("13:30-18:00,09:00-12:00", "09:00-12:00 13:30-18:00", id="order-and-comma"),
        pytest.param("09:00-12:00; 13:00-14:00", "09:00-12:00 13:00-14:00", id="semicolon"),
    ],
)
def test_read_hours_forms(written: str, kept: str) -> None:
    assert hours.write(hours.read_hours(written)) == kept


@pytest.mark.parametrize(
    ("written", "code", "sentence"),
    [
        pytest.param(
            "09:00-12:00 11:00-14:00",
            "hours_overlap",
            "09:00-12:00 en 11:00-14:00 overlappen. Voeg ze samen of verbeter er een.",
            id="O02-both-shown",
        ),
        pytest.param(
            "09:00-09:00",
            "bad_hours",
            "“09:00-09:00” begint en eindigt op hetzelfde uur. De hele dag open is 00:00-24:00.",
            id="O04",
        ),
        pytest.param(
            "17:00-13:00", "bad_hours", "“17:00-13:00” eindigt voor het begint. Bedoel je 13:00-17:00?", id="O05"
        ),
        pytest.param(
            "09:00-25:00", "bad_hours", "“25:00” is geen uur. Een dag loopt van 00:00 tot 24:00.", id="O06-25"
        ),
        pytest.param(
            "24:00-02:00", "bad_hours", "“24:00-02:00”: 24:00 kan alleen het einde van een dag zijn.", id="O06-24-begin"
        ),
        pytest.param(
            "20:00-24:30", "bad_hours", "“24:30” is geen uur. Een dag loopt van 00:00 tot 24:00.", id="O06-24-30"
        ),
        pytest.param(
            "09:75-12:00", "bad_hours", "“09:75” is geen uur. Een dag loopt van 00:00 tot 24:00.", id="O06-minutes"
        ),
        pytest.param(
            "09:3-12:00",
            "bad_hours",
            "“09:3-12:00” zijn geen openingsuren. Schrijf ze als 09:00-12:00 13:30-18:00.",
            id="O06-short",
        ),
        pytest.param(
            "<b>na afspraak</b>",
            "bad_hours",
            "“<b>na afspraak</b>” zijn geen openingsuren. Schrijf ze als 09:00-12:00 13:30-18:00.",
            id="O15",
        ),
        pytest.param(
            "09:00-12:0013:00-15:00",
            "bad_hours",
            "“09:00-12:0013:00-15:00”: zet een spatie tussen twee delen, zoals 09:00-12:00 13:30-18:00.",
            id="no-space",
        ),
        pytest.param(
            "20:00-05:00 04:00-06:00",
            "hours_overlap",
            "20:00-05:00 loopt tot na het begin van 04:00-06:00.",
            id="O02-night",
        ),
        pytest.param(
            "x" * 3000, "bad_hours", "Meer dan 2000 tekens openingsuren: dat kan niet kloppen.", id="too-long"
        ),
    ],
)
def test_read_hours_refused(written: str, code: str, sentence: str) -> None:
    with pytest.raises(HoursError) as refusal:
        hours.read_hours(written)

    assert (refusal.value.code, str(refusal.value)) == (code, sentence)


@pytest.mark.parametrize("digits", ["²-12", "٠٩:٠٠-١٢:٠٠", "９:00-12:00"])
def test_read_hours_other_digits_are_refused(digits: str) -> None:
    with pytest.raises(HoursError):
        hours.read_hours(digits)


def test_read_night_overlapping_the_next_day_is_refused() -> None:
    with pytest.raises(HoursError, match="zo 20:00-05:00 en ma 04:00-08:00 overlappen in de nacht"):
        hours.read(week={"zo": "20:00-05:00", "ma": "04:00-08:00"})


def test_read_period_out_of_order_is_refused() -> None:
    with pytest.raises(HoursError) as refusal:
        hours.read(week={}, collect_from=D(2027, 2, 1), collect_until=D(2027, 1, 1))

    assert refusal.value.code == "date_order"


def test_read_same_content_is_one_object() -> None:
    first = hours.read(week={"ma": "09:00-12:00"}, closed="2026-12-25")

    again = hours.read(week={"ma": "09:00-12:00", "di": ""}, closed="2026-12-25")

    assert again is first


@pytest.mark.parametrize(
    ("written", "pairs", "kept"),
    [
        pytest.param("", (), "", id="none"),
        pytest.param(
            "2026-12-25 2026-12-28/2027-01-02",
            ((D(2026, 12, 25), D(2026, 12, 25)), (D(2026, 12, 28), D(2027, 1, 2))),
            "2026-12-25 2026-12-28/2027-01-02",
            id="interface-over-new-year",
        ),
        pytest.param("25/12/2026", ((D(2026, 12, 25), D(2026, 12, 25)),), "2026-12-25", id="excel"),
        pytest.param(
            "28/12/2026 t/m 2/1/2027", ((D(2026, 12, 28), D(2027, 1, 2)),), "2026-12-28/2027-01-02", id="excel-range"
        ),
        pytest.param(
            "2027-01-02, 2027-01-01", ((D(2027, 1, 1), D(2027, 1, 2)),), "2027-01-01/2027-01-02", id="adjoining"
        ),
        pytest.param(
            "2027-01-01/2027-01-09 2027-01-03/2027-01-05",
            ((D(2027, 1, 1), D(2027, 1, 9)),),
            "2027-01-01/2027-01-09",
            id="inside-another",
        ),
    ],
)
def test_read_closures(written: str, pairs: hours.notation.Closures, kept: str) -> None:
    closures = hours.read_closures(written)

    assert (closures, hours.write_closures(closures)) == (pairs, kept)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("2026-02-29", "bad_date", id="no-such-day"),
        pytest.param("0000-12-25", "bad_date", id="O16-year-0000"),
        pytest.param("9999-12-25", "bad_date", id="O16-year-9999"),
        pytest.param("25/12/26", "bad_date", id="O16-two-digits"),
        pytest.param("26-12-25", "bad_date", id="O16-two-digits-iso"),
        pytest.param("kerstmis", "bad_date", id="words"),
        pytest.param("2026-12-252026-12-26", "bad_date", id="no-space"),
        pytest.param("2027-01-02/2026-12-28", "date_order", id="turned-round"),
    ],
)
def test_read_closures_refused(written: str, code: str) -> None:
    with pytest.raises(HoursError) as refusal:
        hours.read_closures(written)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("25-12", "“25-12”: het jaar ontbreekt."),
        ("25/12/2026 1/1", "“1/1”: het jaar ontbreekt."),
        ("28/12 t/m 02/01/2027", "“28/12”: het jaar ontbreekt."),
        ("28/12/2026 t/m 02/01", "“02/01”: het jaar ontbreekt."),
        ("25/12/26", "“25/12/26”: schrijf het jaar met vier cijfers."),
        ("kerstmis", "“kerstmis” kunnen we niet lezen."),
        ("2026-12-252026-12-26", "“2026-12-252026-12-26” kunnen we niet lezen."),
    ],
)
def test_read_closures_says_what_is_wrong_and_shows_the_example_of_the_form(written: str, sentence: str) -> None:
    with pytest.raises(HoursError) as refusal:
        hours.read_closures(written)

    example = "25/12/2026 of 28/12/2026 t/m 02/01/2027"
    assert str(refusal.value) == f"{sentence} Schrijf gesloten dagen als {example}, elk op een regel."
    assert example in str(OwnDataForm.base_fields["closed"].help_text)
    assert len(hours.read_closures(example.replace(" of ", " "))) == 2


@pytest.mark.parametrize(
    ("written", "sentence"),
    [("29/12: 10:00-14:00", "“29/12”: het jaar ontbreekt."), ("10:00-14:00", "“10:00-14:00” kunnen we niet lezen.")],
)
def test_read_exceptions_says_what_is_wrong_and_shows_the_example_of_the_form(written: str, sentence: str) -> None:
    with pytest.raises(HoursError) as refusal:
        hours.read_exceptions(written)

    example = "29/12/2026: 10:00-14:00"
    assert str(refusal.value) == f"{sentence} Schrijf uitzonderlijke uren als {example}."
    assert example in str(OwnDataForm.base_fields["exceptional"].help_text)
    assert hours.write_exceptions(hours.read_exceptions(example)) == "2026-12-29=10:00-14:00"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("", "", id="none"),
        pytest.param("2026-12-29=10:00-14:00", "2026-12-29=10:00-14:00", id="interface"),
        pytest.param("2026-12-29=10:00-12:00 13:30-18:00", "2026-12-29=10:00-12:00 13:30-18:00", id="several-parts"),
        pytest.param(
            "2026-12-30=9u-12u, 2026-12-29 = 10-14",
            "2026-12-29=10:00-14:00 2026-12-30=09:00-12:00",
            id="several-days-in-order",
        ),
        pytest.param("29/12/2026: 10:00-14:00", "2026-12-29=10:00-14:00", id="excel"),
    ],
)
def test_read_exceptions(written: str, kept: str) -> None:
    assert hours.write_exceptions(hours.read_exceptions(written)) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("2026-12-29=10:00-12:00 2026-12-29=13:00-15:00", "same_date_twice", id="O13"),
        pytest.param("2026-12-29=", "bad_hours", id="no-hours"),
        pytest.param("2026-12-29=gesloten", "bad_hours", id="closed-in-the-wrong-column"),
        pytest.param("10:00-14:00", "bad_date", id="no-date"),
        pytest.param("2026-12-29=10:00-14:00 2026-12-30", "bad_hours", id="date-without-hours"),
        pytest.param("2026-02-30=10:00-14:00", "bad_date", id="no-such-day"),
        pytest.param("2026-12-29=14:00-10:00", "bad_hours", id="O05"),
        pytest.param("2026-12-29=10:00-14:00 11:00-12:00", "hours_overlap", id="O02"),
    ],
)
def test_read_exceptions_refused(written: str, code: str) -> None:
    with pytest.raises(HoursError) as refusal:
        hours.read_exceptions(written)

    assert refusal.value.code == code


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Apart intervals within one day."""
    marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=8)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Interval(opens, closes) for opens, closes in pairs)


@given(day_hours())
def test_read_hours_reads_what_write_writes(intervals: tuple[Interval, ...]) -> None:
    assert hours.read_hours(hours.write(intervals)) == intervals


@given(st.text(max_size=80))
def test_read_hours_refuses_or_gives_hours_that_stand(text: str) -> None:
    try:
        intervals = hours.read_hours(text)
    except HoursError:
        return

    assert hours.read_hours(hours.write(intervals)) == intervals


@given(st.text(alphabet="0123456789-/=: .tm", max_size=60))
def test_read_dates_refuse_or_give_dates_that_stand(text: str) -> None:
    for reader, writer in (
        (hours.read_closures, hours.write_closures),
        (hours.read_exceptions, hours.write_exceptions),
    ):
        try:
            found = reader(text)
        except HoursError:
            continue
        assert reader(writer(found)) == found  # type: ignore[arg-type]
