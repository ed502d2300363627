"""Personnel files: every row becomes a checked appointment with its person, or a reject with a code."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Any

from distribution.intake import cells
from distribution.intake.cells import Memo
from distribution.intake.refusals import Wrong
from distribution.intake.rejects import Reject
from distribution.rules import name_order, staff_number
from distribution.rules.eligibility import CATEGORIES, LEVELS, PAYERS
from pickup_points.tables import Table

REQUIRED = (
    "stamboeknummer",
    "naam",
    "voornaam",
    "postcode",
    "instellingsnummer",
    "onderwijsniveau",
    "categorie",
    "betaald_door",
    "opdracht_begin",
)
OPTIONAL = (
    "straat",
    "huisnummer",
    "bus",
    "gemeente",
    "land",
    "instelling_naam",
    "instelling_postcode",
    "opdracht_einde",
    "do_code",
    "do_omvang",
    "do_begin",
    "do_einde",
)
# What a checked row holds, in order, and its type in the staging table.
CHECKED = (
    ("row_number", "integer PRIMARY KEY"),
    ("staff_number", "varchar(11)"),
    ("last_name", "varchar(200)"),
    ("first_name", "varchar(200)"),
    ("street", "varchar(200)"),
    ("house_number", "varchar(20)"),
    ("box", "varchar(20)"),
    ("postcode", "varchar(20)"),
    ("municipality", "varchar(120)"),
    ("country", "varchar(2)"),
    ("sort_key", "varchar(410)"),
    ("institution_number", "varchar(6)"),
    ("institution_name", "varchar(200)"),
    ("institution_postcode", "varchar(4)"),
    ("level", "varchar(20)"),
    ("category", "varchar(24)"),
    ("paid_by", "varchar(20)"),
    ("begins_on", "date"),
    ("ends_on", "date"),
    ("interruption_code", "varchar(10)"),
    ("interruption_in_full", "bool"),
    ("interruption_begins_on", "date"),
    ("interruption_ends_on", "date"),
    # The row of a person with the highest rank says the name and the address: latest begin, then last in the file.
    ("rank", "bigint"),
    # Alike for rows with the same name and address; only within one run.
    ("person_print", "bigint"),
    # 48 bits of the whole row, the same in every run.
    ("fingerprint", "bigint"),
)
ROWS_IN_A_RANK = 10_000_000
NO_FIRST_NAME = "-"
COUNTRY = "BE"
SHORTEST_AGE, LONGEST_AGE = 17, 80
SAMPLES = 20


@dataclass
class Findings:
    """What the rows of a file gave, filled while they are read."""

    accepted: int = 0
    rejects: list[Reject] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    # The first rows with each warning: (code, row, last four digits).
    samples: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.accepted + len(self.rejects)


def check(table: Table, findings: Findings, *, year: int, strict: bool) -> Iterator[tuple[Any, ...]]:
    """The good rows in the order of CHECKED; the others, and all warnings, go into `findings`.

    `strict` is STAFF_NUMBER_CHECK. The bad rows of the table itself are added when all rows were read.
    """
    checker = _Checker(year=year, strict=strict)
    warnings = checker.warnings
    for row, values in table.rows:
        try:
            checked = checker.check(row, values)
        except Wrong as wrong:
            warnings.clear()
            findings.rejects.append(Reject(row, wrong.column, wrong.code, str(wrong), values))
            continue
        findings.accepted += 1
        if warnings:
            _count(findings, warnings, row=row, last_four=checked[1][-4:])
        yield checked
    findings.rejects.extend(Reject(bad.row, bad.column, bad.code, bad.sentence, bad.values) for bad in table.bad_rows)


def _count(findings: Findings, warnings: list[str], *, row: int, last_four: str) -> None:
    for code in dict.fromkeys(warnings):
        if findings.warnings[code] < SAMPLES:
            findings.samples.append((code, row, last_four))
        findings.warnings[code] += 1
    warnings.clear()


class _Checker:
    """One per file: a memo for each column, and the warnings of the row at hand."""

    def __init__(self, *, year: int, strict: bool) -> None:
        self.strict = strict
        self.warnings: list[str] = []
        self.last_name = self._memo("naam", self._last_name)
        self.first_name = self._memo("voornaam", self._first_name)
        self.street = self._text("straat", 200)
        self.house_number = self._text("huisnummer", 20)
        self.box = self._text("bus", 20)
        self.municipality = self._text("gemeente", 120)
        self.country = self._memo("land", _country)
        self.belgian = self._memo("postcode", cells.belgian_postcode)
        self.foreign = self._memo("postcode", self._foreign_postcode)
        self.institution_number = self._memo("instellingsnummer", _institution_number)
        self.institution_name = self._text("instelling_naam", 200)
        self.institution_postcode = self._memo("instelling_postcode", self._institution_postcode)
        self.level = self._word("onderwijsniveau", LEVELS)
        self.category = self._word("categorie", CATEGORIES)
        self.paid_by = self._word("betaald_door", PAYERS)
        self.begins_on = self._memo("opdracht_begin", _begin_and_rank)
        self.ends_on = self._memo("opdracht_einde", cells.date)
        self.code = self._memo("do_code", self._interruption_code)
        self.extent = self._word("do_omvang", ("volledig", "gedeeltelijk"))
        self.code_begins_on = self._memo("do_begin", cells.date)
        self.code_ends_on = self._memo("do_einde", cells.date)
        # The number does not say the century: an age is unlikely when it is so in both.
        self.unlikely_birth_years = frozenset(
            f"{two_digits:02d}"
            for two_digits in range(100)
            if not any(SHORTEST_AGE <= year - century - two_digits <= LONGEST_AGE for century in (1900, 2000))
        )

    def check(self, row: int, values: Sequence[str]) -> tuple[Any, ...]:
        """One checked row; raises Wrong for the first cell that cannot be taken."""
        (
            number, last_name, first_name, postcode, institution_number, level, category, paid_by, begin,
            street, house_number, box, municipality, country, institution_name, institution_postcode, end,
            code, extent, code_begin, code_end,
        ) = values  # fmt: skip
        number = self.staff_number(number)
        last_name = self.last_name[last_name]
        first_name = self.first_name[first_name]
        country = self.country[country]
        postcode = self.belgian[postcode] if country == COUNTRY else self.foreign[postcode]
        street, house_number, box = self.street[street], self.house_number[house_number], self.box[box]
        municipality = self.municipality[municipality]
        institution_number = self.institution_number[institution_number]
        institution_name = self.institution_name[institution_name]
        institution_postcode = self.institution_postcode[institution_postcode]
        level, category, paid_by = self.level[level], self.category[category], self.paid_by[paid_by]
        begin, rank = self.begins_on[begin]
        end = self.ends_on[end]
        if end and end < begin:
            raise Wrong("date_order", "Het einde van de opdracht ligt voor het begin.", column="opdracht_einde")
        if code or extent or code_begin or code_end:
            code, extent, code_begin, code_end = self._interruption(code, extent, code_begin, code_end)
        person = (last_name, first_name, street, house_number, box, postcode, municipality, country)
        whole = "\x1f".join(
            (
                number, *person, institution_number, institution_name, institution_postcode, level, category,
                paid_by, begin, end, code, extent, code_begin, code_end,
            )
        )  # fmt: skip
        return (
            row,
            number,
            *person,
            name_order.sort_key(last_name, first_name),
            institution_number,
            institution_name,
            institution_postcode,
            level,
            category,
            paid_by,
            begin,
            end or None,
            code,
            extent == "volledig",
            code_begin or None,
            code_end or None,
            rank + row,
            hash(person),
            int.from_bytes(blake2b(whole.encode(), digest_size=6).digest(), "big"),
        )

    def staff_number(self, written: str) -> str:
        """Eleven digits; raises Wrong. Most are written as they are stored, and need no reading."""
        if not staff_number.is_stored_form(written):
            written = self._read_staff_number(written)
        if written[1:3] in self.unlikely_birth_years:
            self.warnings.append("unlikely_age")
        return written

    def _read_staff_number(self, written: str) -> str:
        if not written.strip():
            raise Wrong("missing_value", "Dit veld is verplicht.", column="stamboeknummer")
        try:
            cells.refuse_odd(written)
            found = staff_number.parse(written, strict=self.strict)
        except staff_number.Refused as refused:
            raise Wrong(refused.code.value, str(refused), column="stamboeknummer") from None
        except Wrong as wrong:
            wrong.column = "stamboeknummer"
            raise
        if found.digits != written:
            self.warnings.append("normalised_number")
        self.warnings.extend(code.value for code in found.warnings)
        return found.digits

    def _interruption(self, code: str, extent: str, begin: str, end: str) -> tuple[str, str, str, str]:
        code = self.code[code]
        begin, end = self.code_begins_on[begin], self.code_ends_on[end]
        if not code:
            if not (extent.strip() or begin or end):
                return "", "", "", ""
            raise Wrong("missing_value", "Van deze dienstonderbreking ontbreekt de code.", column="do_code")
        extent = self.extent[extent]
        if begin and end and end < begin:
            raise Wrong("date_order", "Het einde van de onderbreking ligt voor het begin.", column="do_einde")
        return code, extent, begin, end

    def _memo(self, column: str, read: Any) -> Memo[Any]:
        return Memo(column, read, self.warnings)

    def _text(self, column: str, longest: int) -> Memo[str]:
        return Memo(column, partial(cells.text, longest=longest, warnings=self.warnings), self.warnings)

    def _word(self, column: str, choices: Collection[str]) -> Memo[str]:
        return Memo(column, partial(cells.word, choices=choices), self.warnings)

    def _last_name(self, written: str) -> str:
        name = cells.required_text(written, longest=200, warnings=self.warnings)
        if name == NO_FIRST_NAME:
            raise Wrong("missing_value", "De naam ontbreekt. Wie maar één naam heeft, krijgt die als naam.")
        return name

    def _first_name(self, written: str) -> str:
        name = cells.text(written, longest=200, warnings=self.warnings)
        if not name:
            raise Wrong(
                "missing_value", "De voornaam ontbreekt. Heeft iemand maar één naam, schrijf dan een streepje: -"
            )
        return "" if name == NO_FIRST_NAME else name

    def _foreign_postcode(self, written: str) -> str:
        cells.refuse_odd(written)
        return cells.required_text(written, longest=20, warnings=self.warnings).upper()

    def _institution_postcode(self, written: str) -> str:
        if not written.strip():
            return ""
        try:
            return cells.belgian_postcode(written)
        except Wrong as wrong:
            if wrong.code != "bad_postcode":
                raise
            # It only helps to find a pickup point when the home address gives none: no reason to lose a person.
            self.warnings.append("bad_institution_postcode")
            return ""

    def _interruption_code(self, written: str) -> str:
        return cells.text(written.strip().removesuffix(".0"), longest=10, warnings=self.warnings).upper()


def _country(written: str) -> str:
    code = written.strip().upper()
    if not code:
        return COUNTRY
    cells.refuse_odd(written)
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise Wrong("bad_value", "Schrijf het land met twee letters, zoals BE of NL.")
    return code


def _institution_number(written: str) -> str:
    digits = cells.whole_number_text(written)
    if not digits:
        raise Wrong("missing_value", "Dit veld is verplicht.")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        raise Wrong("bad_institution_number", "Een instellingsnummer telt 6 cijfers.")
    return digits


def _begin_and_rank(written: str) -> tuple[str, int]:
    begin = cells.required_date(written)
    day = dt.date.fromisoformat(begin)
    return begin, day.toordinal() * ROWS_IN_A_RANK
