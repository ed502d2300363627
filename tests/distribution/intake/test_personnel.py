"""Any row of a personnel file is accepted or rejected with a code; none is lost and none breaks the import."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distribution.intake import cells, personnel, rejects
from pickup_points.tables import TableRefused, open_table
from tests.corpus.build import good
from tests.corpus.cases import COLUMNS

CODES = {
    "not_11_digits",
    "bad_birth_date",
    "bad_check_digits",
    "national_register_number",
    "missing_value",
    "bad_date",
    "bad_value",
    "bad_postcode",
    "bad_institution_number",
    "date_order",
    "number_lost_digits",
    "control_character",
}
WRITTEN = st.one_of(
    st.text(max_size=20),
    st.text("0123456789-/.,E+ \0\u202e#", max_size=15),
    st.sampled_from(
        ["", "lager", "ministerie", "2020-09-01", "31/02/2020", "BE", "nl", "9000", "228", "volledig", "-"]
    ),
)


@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(COLUMNS), WRITTEN, min_size=1, max_size=6))
def test_check_any_row_is_accepted_or_rejected_p22(changes: dict[str, str], tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([good(1), good(2, **changes), good(3)])
    path = tmp_path / "personeel.csv"
    path.write_text(text.getvalue(), encoding="utf-8", errors="replace", newline="")
    findings = personnel.Findings()

    try:
        with open_table(path, required=personnel.REQUIRED, optional=personnel.OPTIONAL) as table:
            checked = list(personnel.check(table, findings, year=2027, strict=True))
    except TableRefused as refused:
        shape = refused.code
    else:
        shape = ""

    if shape:
        assert shape in {"unclosed_quote", "wrong_type"}
        return
    assert findings.rows == 3
    assert len(checked) == findings.accepted
    assert {reject.code for reject in findings.rejects} <= CODES
    for row in checked:
        stored = dict(zip((name for name, _ in personnel.CHECKED), row, strict=True))
        assert stored["last_name"]
        assert 0 < len(stored["sort_key"]) <= 410
        assert all("\0" not in value and "\ufffd" not in value for value in row if isinstance(value, str))


def test_check_fingerprint_is_that_of_the_content_and_not_of_its_writing(tmp_path: Path) -> None:
    path = tmp_path / "personeel.csv"
    odd = good(1, opdracht_begin="01/09/2020", postcode="B-9000", onderwijsniveau="LAGER ", straat=" Kerkstraat")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows([good(1), odd, good(1, opdracht_begin="2020-09-02")])

    with open_table(path, required=personnel.REQUIRED, optional=personnel.OPTIONAL) as table:
        first, second, third = (row[-1] for row in personnel.check(table, personnel.Findings(), year=2027, strict=True))

    assert first == second
    assert first != third
    assert first == 73_925_473_369_960  # the same in every run and on every machine


@pytest.mark.parametrize(
    "value", ["=1+1", "+32 9", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1", "'t Hof", "a;b", 'a"b']
)
def test_write_values_come_back_the_same_r32(value: str, tmp_path: Path) -> None:
    reject = rejects.Reject(2, "postcode", "missing_value", "Dit veld is verplicht.", ("", value))
    path = rejects.write(tmp_path, [reject], columns=["code", "straat"], present=["code", "straat"])

    with open_table(path, required=["straat"]) as table:
        ((_, (written,)),) = list(table.rows)

    assert written.startswith(("'", "a"))
    assert cells.text(written, longest=200, warnings=[]) == value
