"""The points file: what a row becomes, what is refused in a row, and when the file as a whole is."""

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from pickup_points.intake import BadPointsFile, PointsFile, read
from tests.pickup_points import points_file

D = dt.date
PERIOD = (D(2026, 12, 27), D(2027, 7, 10))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "afhaalpunten.csv"


def read_rows(path: Path, *rows: dict[str, str], without: tuple[str, ...] = ()) -> PointsFile:
    return read(points_file.write(path, *rows, without=without), year=2027, period=PERIOD)


def test_read_a_row_with_everything(path: Path) -> None:
    file = read_rows(
        path,
        points_file.row(
            afhalen_vanaf="04/01/2027", afhalen_tot="2027-06-30", postcodes="9030 9000, 9000", keuze_voor="9040 9000"
        ),
    )

    (point,) = file.points
    assert (file.rows, file.rejected) == (1, 0)
    assert (point.row, point.code, point.collect_from, point.collect_until) == (
        2,
        "bib-gent",
        D(2027, 1, 4),
        D(2027, 6, 30),
    )
    assert (point.serves, point.choice_for) == (("9000", "9030"), ("9040",))
    assert point.fields == {
        "name": "Bibliotheek bib-gent",
        "kind": "bibliotheek",
        "street": "Kerkstraat",
        "house_number": "1",
        "postcode": "9000",
        "municipality": "Gent",
        "phone": "09 000 00 00",
        "email": "bib@voorbeeld.be",
        "website": "https://bib.voorbeeld.be/",
        "latitude": 51.0535,
        "longitude": 3.72194,
        "hours": {"ma": "09:00-12:00 13:30-18:00", "wo": "13:30-18:00"},
        "closed": "2026-12-25 2026-12-28/2027-01-02",
        "exceptional": "2026-12-29=10:00-14:00",
    }


def test_read_optional_columns_may_be_absent(path: Path) -> None:
    without = ("telefoon", "email", "website", "lat", "lon", "afhalen_vanaf", "afhalen_tot", "keuze_voor")

    file = read_rows(path, points_file.row(postcodes="9000"), without=without)

    assert [(point.code, point.fields["phone"], point.choice_for) for point in file.points] == [("bib-gent", "", ())]


def test_read_absent_closures_are_said(path: Path) -> None:
    file = read_rows(path, points_file.row(), without=("gesloten",))

    assert "De kolom gesloten ontbreekt: er gelden geen zulke dagen." in file.notices


def test_read_postcodes_outside_the_reference_are_said(path: Path) -> None:
    file = read_rows(path, points_file.row(postcodes="9000 9999"))

    assert file.notices[-1] == "Postcodes buiten Vlaanderen en Brussel: 9999."


def test_read_hours_are_kept_in_one_form(path: Path) -> None:
    (point,) = read_rows(path, points_file.row(ma="9u-12u30", di="gesloten")).points

    assert point.fields["hours"] == {"ma": "09:00-12:30", "wo": "13:30-18:00"}


def test_read_exception_outside_the_period_is_fine(path: Path) -> None:
    """O08."""
    (point,) = read_rows(path, points_file.row(uitzonderlijk="2027-09-01=10:00-14:00")).points

    assert point.fields["exceptional"] == "2027-09-01=10:00-14:00"


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"code": ""}, "code", "missing_value"),
        ({"code": "Bib Gent"}, "code", "bad_value"),
        ({"naam": " "}, "naam", "missing_value"),
        ({"naam": "x" * 201}, "naam", "bad_value"),
        ({"naam": "Bib\u202egnug"}, "naam", "control_character"),
        ({"naam": "Bib\x07"}, "naam", "control_character"),
        ({"soort": "school"}, "soort", "bad_value"),
        ({"straat": ""}, "straat", "missing_value"),
        ({"postcode": "900"}, "postcode", "bad_postcode"),
        ({"telefoon": "3,2E+10"}, "telefoon", "number_lost_digits"),
        ({"email": "bib"}, "email", "bad_value"),
        ({"website": "javascript:alert(1)"}, "website", "bad_value"),
        ({"lat": "3.72194"}, "lat", "bad_value"),
        ({"lon": "51,0535"}, "lon", "bad_value"),
        ({"lat": "", "lon": "3.72194"}, "lat", "missing_value"),
        ({"lat": "NaN"}, "lat", "bad_value"),
        pytest.param({"ma": "09:00-12:00 11:00-14:00"}, "ma", "hours_overlap", id="O02"),
        pytest.param({"ma": "09:00-25:00"}, "ma", "bad_hours", id="O06"),
        pytest.param({"ma": "na afspraak <b>!</b>"}, "ma", "bad_hours", id="O15"),
        pytest.param({"di": "20:00-05:00", "wo": "04:00-08:00"}, "di", "hours_overlap", id="O02-night"),
        pytest.param({"gesloten": "25/12/26"}, "gesloten", "bad_date", id="O16"),
        pytest.param(
            {"uitzonderlijk": "2026-12-29=10:00-12:00 2026-12-29=13:00-15:00"},
            "uitzonderlijk",
            "same_date_twice",
            id="O13",
        ),
        pytest.param({"afhalen_vanaf": "2026-12-26"}, "afhalen_vanaf", "bad_date", id="O12-before-the-year"),
        pytest.param({"afhalen_tot": "2027-07-11"}, "afhalen_tot", "bad_date", id="O12-after-the-year"),
        pytest.param(
            {"afhalen_vanaf": "2027-03-01", "afhalen_tot": "2027-02-01"}, "afhalen_tot", "date_order", id="O12-order"
        ),
        ({"afhalen_tot": "30 juni"}, "afhalen_tot", "bad_date"),
        ({"postcodes": "9000 90000"}, "postcodes", "bad_postcode"),
        ({"code": "bib-3"}, "code", "duplicate_code"),
    ],
)
def test_read_rejects_a_row(path: Path, cells: dict[str, str], column: str, code: str) -> None:
    file = read_rows(path, *points_file.many(10), points_file.row(**cells))

    assert [(reject.row, reject.column, reject.code) for reject in file.rejects] == [(12, column, code)]
    assert (file.rows, file.rejected, len(file.points)) == (11, 1, 10)


def test_read_says_all_that_is_wrong_with_a_row_at_once(path: Path) -> None:
    file = read_rows(path, *points_file.many(10), points_file.row(soort="", postcode="x", zo="?"))

    assert [reject.column for reject in file.rejects] == ["soort", "postcode", "zo"]
    assert (file.rejected, file.unread) == (1, frozenset({"bib-gent"}))


@pytest.mark.parametrize("address", ["www.bib.be", "bib.be/openingsuren"])
def test_read_website_without_scheme_gets_one(path: Path, address: str) -> None:
    (point,) = read_rows(path, points_file.row(website=address)).points

    assert point.fields["website"] == f"https://{address}"


def test_read_a_postcode_of_two_points_names_both(path: Path) -> None:
    with pytest.raises(BadPointsFile) as refusal:
        read_rows(
            path, points_file.row("bib-a", postcodes="9000 9030"), points_file.row("bib-b", postcodes="9040 9030")
        )

    assert (refusal.value.code, str(refusal.value)) == (
        "postcode_claimed_twice",
        "Postcode 9030 staat bij twee afhaalpunten: Bibliotheek bib-a (rij 2) en Bibliotheek bib-b (rij 3). "
        "Een postcode heeft één vast afhaalpunt; zet ze bij het andere in de kolom keuze_voor.",
    )


def test_read_a_postcode_as_choice_of_many_points_is_fine(path: Path) -> None:
    file = read_rows(path, points_file.row("a", postcodes="9000"), points_file.row("b", keuze_voor="9000"))

    assert [point.choice_for for point in file.points] == [(), ("9000",)]


def test_read_more_than_one_bad_row_in_ten_is_refused(path: Path) -> None:
    with pytest.raises(BadPointsFile) as refusal:
        read_rows(path, *points_file.many(8), points_file.row(soort="school"))

    assert refusal.value.code == "too_many_bad_rows"
    assert str(refusal.value) == (
        "Van de 9 rijen deugen er 1 niet: meer dan één op tien. Er is niets gewijzigd. De eerste problemen:\n"
        "  rij 10, soort: Kies een van deze woorden: bibliotheek, ander."
    )


def test_read_one_bad_row_in_ten_is_taken(path: Path) -> None:
    assert read_rows(path, *points_file.many(9), points_file.row(soort="school")).rejected == 1


@pytest.mark.parametrize("column", ["code", "postcodes", "ma", "zo"])
def test_read_a_missing_column_is_refused(path: Path, column: str) -> None:
    with pytest.raises(BadPointsFile) as refusal:
        read_rows(path, points_file.row(), without=(column,))

    assert (refusal.value.code, str(refusal.value)) == ("missing_column", f"Deze kolom ontbreekt: {column}.")


def test_read_an_empty_file_is_refused(path: Path) -> None:
    with pytest.raises(BadPointsFile) as refusal:
        read_rows(path)

    assert refusal.value.code == "no_rows"


def test_read_a_workbook_with_dates_and_numbers_as_excel_keeps_them(tmp_path: Path) -> None:
    right = points_file.row(postcodes="9030 9040")
    with xlsxwriter.Workbook(str(tmp_path / "afhaalpunten.xlsx")) as book:
        sheet, as_date = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, points_file.HEADER)
        for column, name in enumerate(points_file.HEADER):
            sheet.write_string(1, column, right[name])
        sheet.write_number(1, points_file.HEADER.index("postcode"), 9000)
        sheet.write_number(1, points_file.HEADER.index("huisnummer"), 12)
        sheet.write_number(1, points_file.HEADER.index("lat"), 51.0535)
        sheet.write_datetime(1, points_file.HEADER.index("afhalen_tot"), dt.datetime(2027, 6, 30, tzinfo=None), as_date)  # noqa: DTZ001
        sheet.write_datetime(1, points_file.HEADER.index("gesloten"), dt.datetime(2027, 5, 1, tzinfo=None), as_date)  # noqa: DTZ001

    file = read(tmp_path / "afhaalpunten.xlsx", year=2027, period=PERIOD)

    (point,) = file.points
    assert (point.fields["postcode"], point.fields["house_number"], point.fields["latitude"]) == ("9000", "12", 51.0535)
    assert (point.collect_until, point.fields["closed"]) == (D(2027, 6, 30), "2027-05-01")
