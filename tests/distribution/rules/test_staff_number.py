"""The staff number: interface.md §1 as tables, and what must hold for anything a person can type."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from distribution.rules import staff_number
from distribution.rules.staff_number import Code, Refused

PUBLISHED = ["16203040856", "18505250273"]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Any valid staff number."""
    day = draw(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
    first_nine = f"{draw(st.sampled_from('12'))}{day:%y%m%d}{draw(st.integers(0, 99)):02d}"
    return first_nine + f"{int(first_nine) % 97:02d}"


@st.composite
def register_numbers(draw: st.DrawFn) -> str:
    """Any national register number of someone born before 2000."""
    day = draw(st.dates(dt.date(1900, 1, 1), dt.date(1999, 12, 31)))
    first_nine = f"{day:%y%m%d}{draw(st.integers(1, 998)):03d}"
    return first_nine + f"{97 - int(first_nine) % 97:02d}"


SEPARATORS = st.text(st.sampled_from(" .-/\t\n\u00a0\u2009\u202f‐‑‒–—−\u200b"), max_size=2)


def refusal(written: str, *, strict: bool = True) -> Refused:
    with pytest.raises(Refused) as caught:
        staff_number.parse(written, strict=strict)
    return caught.value


@pytest.mark.parametrize("number", PUBLISHED)
def test_parse_published_number(number: str) -> None:
    assert staff_number.parse(number) == staff_number.StaffNumber(number)


def test_parse_published_number_with_month_96() -> None:
    assert refusal("28196180842").code == Code.BAD_BIRTH_DATE


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("1 620304-08.56", id="L01-interface"),
        pytest.param(" 162 03 04 08 56 \n", id="L01-paste"),
        pytest.param("1\u00a0620304\u00a008\u00a056", id="L01-nbsp"),
        pytest.param("1620304‑08–56", id="L01-U+2011-U+2013"),
        pytest.param("162.030.408.56", id="R04-dots"),
        pytest.param("１６２０３０４０８５６", id="L02-full-width"),
        pytest.param("１６２０３０４－０８．５６", id="L02-full-width-separators"),
        pytest.param("16203040856-22036", id="L05-five"),
        pytest.param("16203040856-220361", id="R05-six"),
        pytest.param("1 620304 08 56 – 22036", id="L05-spaces"),
        pytest.param("16203040856.0", id="R03-float"),
        pytest.param("'16203040856", id="R06-apostrophe"),
        pytest.param("\ufeff16203040856", id="I02-bom"),
    ],
)
def test_parse_understands_what_people_type(written: str) -> None:
    assert staff_number.parse(written).digits == "16203040856"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        pytest.param("", "Typ de 11 cijfers van je stamboeknummer.", id="L09-empty"),
        pytest.param("   ", "Typ de 11 cijfers van je stamboeknummer.", id="L09-spaces"),
        pytest.param("🎈", "Typ de 11 cijfers van je stamboeknummer.", id="L09-emoji"),
        pytest.param("²²²²²²²²²²²", "Typ de 11 cijfers van je stamboeknummer.", id="L03-superscript"),
        pytest.param("٠١٢٣٤٥٦٧٨٩٠", "Typ de 11 cijfers van je stamboeknummer.", id="L03-arabic-indic"),
        pytest.param("፩፩፩፩፩፩፩፩፩፩፩", "Typ de 11 cijfers van je stamboeknummer.", id="L03-ethiopic"),
        pytest.param(
            "1_620304_08_56",
            "Typ enkel de 11 cijfers van je stamboeknummer, zonder letters of andere tekens.",
            id="L04-underscores",
        ),
        pytest.param(
            "-16203040856",
            "Typ enkel de 11 cijfers van je stamboeknummer, zonder letters of andere tekens.",
            id="R09-negative",
        ),
        pytest.param(
            "16203040856\x00",
            "Typ enkel de 11 cijfers van je stamboeknummer, zonder letters of andere tekens.",
            id="L10-NUL",
        ),
        pytest.param("7", "Een stamboeknummer telt 11 cijfers, hier staat er 1.", id="R09-zero"),
        pytest.param(
            "6203040856",
            "Een stamboeknummer telt 11 cijfers, hier staan er 10. Is er een cijfer weggevallen?",
            id="L08-R02-ten",
        ),
        pytest.param(
            "1620304085.0",
            "Typ enkel de 11 cijfers van je stamboeknummer, zonder letters of andere tekens.",
            id="R02-float",
        ),
        pytest.param("162030408561", "Een stamboeknummer telt 11 cijfers, hier staan er 12.", id="L08-R09-twelve"),
        pytest.param("1" * 10_000, "Een stamboeknummer telt 11 cijfers, hier staan er veel meer.", id="L09-10000"),
        pytest.param(
            "185O525O273",
            "Een stamboeknummer telt enkel cijfers: staat er misschien een letter O of l in plaats van een 0 of 1?",
            id="R07-letters",
        ),
        pytest.param("1,62E+10", "Een stamboeknummer telt 11 cijfers, hier staan er 5.", id="R01-exponent"),
        pytest.param("an@school.be", "Typ de 11 cijfers van je stamboeknummer.", id="L12-e-mail"),
        pytest.param("<script>1</script>", "Een stamboeknummer telt 11 cijfers, hier staat er 1.", id="L10-script"),
    ],
)
def test_parse_says_kindly_what_is_missing(written: str, sentence: str) -> None:
    refused = refusal(written)

    assert (refused.code, str(refused)) == (Code.NOT_11_DIGITS, sentence)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("16203040857", Code.BAD_CHECK_DIGITS, id="R08-check"),
        pytest.param("16213040893", Code.BAD_BIRTH_DATE, id="R08-month-13"),
        pytest.param("16202310807", Code.BAD_BIRTH_DATE, id="R08-31-february"),
        pytest.param("36203040888", Code.BAD_BIRTH_DATE, id="sex-3"),
        pytest.param("00000000000", Code.BAD_BIRTH_DATE, id="R09-all-zero"),
        pytest.param("22222222222", Code.BAD_BIRTH_DATE, id="R09-all-equal"),
        pytest.param("85.05.25-123.74", Code.NATIONAL_REGISTER_NUMBER, id="L07-R10-before-2000"),
    ],
)
def test_parse_refuses_by_code(written: str, code: Code) -> None:
    assert refusal(written).code == code


def test_parse_refuses_register_number_born_since_2000_r10() -> None:
    first_nine = "010203001"
    check = 97 - int("2" + first_nine) % 97

    assert refusal(f"{first_nine}{check:02d}").code == Code.NATIONAL_REGISTER_NUMBER


@pytest.mark.parametrize("strict", [True, False])
def test_parse_refuses_register_number_that_ends_in_97_r10(strict: bool) -> None:  # noqa: FBT001
    first_nine = next(f"850525{serial:03d}" for serial in range(1, 999) if int(f"850525{serial:03d}") % 97 == 0)

    assert refusal(first_nine + "97", strict=strict).code == Code.NATIONAL_REGISTER_NUMBER


def test_parse_remainder_zero_is_written_00_and_97_is_understood() -> None:
    first_nine = next(f"1850525{serial:02d}" for serial in range(97) if int(f"1850525{serial:02d}") % 97 == 0)

    assert staff_number.parse(first_nine + "00").digits == first_nine + "00"
    assert staff_number.parse(first_nine + "97").digits == first_nine + "00"


def test_parse_29_february_exists_in_one_of_both_centuries() -> None:
    first_nine = "200022901"

    assert staff_number.parse(first_nine + staff_number.check_digits(first_nine)).digits[:9] == first_nine


def test_parse_warns_instead_of_refusing_when_asked() -> None:
    lenient = staff_number.parse("28196180842", strict=False)

    assert lenient == staff_number.StaffNumber("28196180842", (Code.BAD_BIRTH_DATE, Code.BAD_CHECK_DIGITS))


def test_parse_lenient_is_silent_about_a_good_number() -> None:
    assert staff_number.parse("18505250273", strict=False).warnings == ()


@given(numbers(), st.lists(SEPARATORS, min_size=11, max_size=11))
def test_parse_any_separators_give_the_same_digits(number: str, between: list[str]) -> None:
    written = "".join(digit + separator for digit, separator in zip(number, between, strict=True))

    assert staff_number.parse(written).digits == number


@given(numbers(), st.from_regex(r"[0-9]{4,6}", fullmatch=True), st.sampled_from([" - ", "-", "–", "/"]))
def test_parse_card_suffix_is_left_out(number: str, suffix: str, dash: str) -> None:
    assert staff_number.parse(number + dash + suffix).digits == number


@given(numbers())
def test_parse_twice_is_as_good_as_once(number: str) -> None:
    assert staff_number.parse(staff_number.parse(number).digits) == staff_number.StaffNumber(number)


@given(register_numbers(), st.booleans())
def test_no_number_is_both_a_staff_number_and_a_register_number_r10(number: str, strict: bool) -> None:  # noqa: FBT001
    if number.endswith("97") and number[0] in "12":
        # The one exception of interface.md §1: 97 is read as 00, and then it can be a staff number.
        return

    assert refusal(number, strict=strict).code == Code.NATIONAL_REGISTER_NUMBER


@given(numbers(), st.integers(0, 10), st.integers(1, 9))
def test_parse_finds_every_single_wrong_digit(number: str, place: int, step: int) -> None:
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    if wrong.endswith("97") and int(wrong[:9]) % 97 == 0:
        return  # 07 typed as 97 for remainder 0 is how interface.md wants it

    with pytest.raises(Refused):
        staff_number.parse(wrong)


@given(st.text())
@example("²")
@example("1" * 5000)
def test_parse_any_text_gives_eleven_digits_or_a_refusal(written: str) -> None:
    for strict in (True, False):
        try:
            parsed = staff_number.parse(written, strict=strict)
        except Refused as refused:
            assert refused.code in Code  # noqa: PT017 -- either way is good, and both are checked
        else:
            assert len(parsed.digits) == 11
            assert set(parsed.digits) <= set("0123456789")


@given(st.from_regex(r"[0-9 .\-]{9,20}", fullmatch=True))
def test_a_refusal_never_repeats_what_was_typed_t16(written: str) -> None:
    try:
        staff_number.parse(written)
    except Refused as refused:
        assert max(map(len, "".join(c if c.isdigit() else " " for c in str(refused)).split()), default=0) <= 2  # noqa: PT017
