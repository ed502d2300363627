"""The bad rows of hardening.md 4b, R01 to R41: what stands in the file, and what becomes of it.

A case is a list of rows. Each row is what differs from a good row, and the outcome: `ok`, a reject
code, or `~code` for a row that is taken with that warning; then what should be stored of it.
`python -m tests.corpus.build` writes the files again.
"""

from typing import Any

from distribution.rules.staff_number import check_digits
from tests import make

REGISTER_NUMBER = "85073003328"
GOOD = {
    "naam": "Peeters",
    "voornaam": "An",
    "straat": "Kerkstraat",
    "huisnummer": "1",
    "bus": "",
    "postcode": "9000",
    "gemeente": "Gent",
    "land": "",
    "instellingsnummer": "123456",
    "instelling_naam": "Basisschool Voorbeeld",
    "instelling_postcode": "9000",
    "onderwijsniveau": "lager",
    "categorie": "bestuur_onderwijzend",
    "betaald_door": "ministerie",
    "opdracht_begin": "2020-09-01",
    "opdracht_einde": "",
    "do_code": "",
    "do_omvang": "",
    "do_begin": "",
    "do_einde": "",
}
COLUMNS = ["stamboeknummer", *GOOD]
GOOD_ROWS = 100
Row = tuple[dict[str, str], str, dict[str, Any]]


def number(serial: int) -> str:
    """A valid staff number; the same one for the same serial."""
    return make.staff_number(serial)


def row(outcome: str, stored: dict[str, Any] | None = None, /, **changes: str) -> Row:
    return changes, outcome, stored or {}


def staff(written: str, outcome: str, becomes: str = "") -> Row:
    return {"stamboeknummer": written}, outcome, {"staff_number": becomes} if becomes else {}


ONE = number(900_001)
ALIKE = {"naam": "Dubbel", "huisnummer": "1"}
ROWS: dict[str, list[Row]] = {
    "R01": [
        staff("1.23E+10", "number_lost_digits"),
        staff("1,23E+10", "number_lost_digits"),
        row("number_lost_digits", instellingsnummer="1,2E+05"),
        row("number_lost_digits", postcode="9E+03"),
        row("number_lost_digits", opdracht_begin="4,4E+04"),
    ],
    "R02": [staff(ONE[:10], "not_11_digits")],
    "R03": [staff(f"{ONE}.0", "~normalised_number", ONE)],
    "R04": [
        staff(f"{ONE[0]} {ONE[1:7]}-{ONE[7:9]}.{ONE[9:]}", "~normalised_number", ONE),
        staff(f"\u00a0{number(900_002)}\u00a0", "~normalised_number", number(900_002)),
    ],
    "R05": [staff(f"{ONE}-220364", "~normalised_number", ONE)],
    "R06": [staff(f"'{ONE}", "~normalised_number", ONE)],
    "R07": [staff("162O3O40856", "not_11_digits"), staff("l6203040856", "not_11_digits")],
    "R08": [staff("16203040857", "bad_check_digits"), staff("28196180842", "bad_birth_date")],
    "R09": [
        staff("162030408567", "not_11_digits"),
        staff("0", "not_11_digits"),
        staff("11111111111", "bad_check_digits"),
        staff("-16203040856", "not_11_digits"),
    ],
    "R10": [staff("85.07.30-033.28", "national_register_number"), staff(REGISTER_NUMBER, "national_register_number")],
    "R11": [row(outcome, stamboeknummer=ONE, **ALIKE) for outcome in ("ok", "~duplicate_row")],
    "R12": [
        row("ok", stamboeknummer=ONE, **ALIKE, straat="Nieuwstraat", opdracht_begin="2024-09-01"),
        row("~conflicting_person_data", {"staff_number": ONE, "street": "Nieuwstraat"}, stamboeknummer=ONE, **ALIKE),
        row("ok", stamboeknummer=number(900_003), **ALIKE, straat="Eerste"),
        row(
            "~conflicting_person_data",
            {"staff_number": number(900_003), "street": "Tweede"},
            stamboeknummer=number(900_003),
            **ALIKE,
            straat="Tweede",
        ),
    ],
    "R13": [
        row("ok", stamboeknummer=ONE, naam="Janssens", opdracht_begin="2024-09-01"),
        row("~conflicting_person_data", {"staff_number": ONE, "last_name": "Janssens"}, stamboeknummer=ONE),
    ],
    "R14": [
        row("ok", stamboeknummer=number(900_100), **ALIKE),
        row("~possible_duplicate", stamboeknummer=number(900_101), **ALIKE),
    ],
    "R15": [row("missing_value", postcode=""), row("missing_value", postcode="  ")],
    "R16": [row("ok", {"postcode": "9999"}, postcode="9999")],
    "R17": [
        row("ok", {"postcode": "1234 AB", "country": "NL"}, postcode="1234 ab", land="nl"),
        row("bad_postcode", postcode="1234 AB"),
        row("bad_postcode", postcode="1234AB"),
    ],
    "R18": [row("ok", {"postcode": "1234", "country": "NL"}, postcode="1234", land="NL")],
    "R19": [
        row("ok", {"postcode": "L-1234", "country": "LU"}, postcode="L-1234", land="LU"),
        row("ok", {"postcode": "59000", "country": "FR"}, postcode="59000", land="FR"),
        row("ok", {"postcode": "52062", "country": "DE"}, postcode="52062", land="DE"),
        row("ok", {"postcode": "SW1A 1AA", "country": "GB"}, postcode="SW1A 1AA", land="GB"),
        row("bad_postcode", postcode="59000"),
        row("bad_postcode", postcode="L-1234"),
        row("bad_value", land="Frankrijk"),
    ],
    "R20": [row("ok", {"postcode": "1234", "country": "BE"}, postcode="1234", gemeente="Luxemburg")],
    "R21": [
        row("ok", {"postcode": "9000"}, postcode="9000 Gent"),
        row("ok", {"postcode": "9000"}, postcode="B-9000"),
        row("ok", {"postcode": "9000"}, postcode="9000.0"),
        row("ok", {"postcode": "3665"}, postcode="3665 AS"),
    ],
    "R22": [row("bad_postcode", postcode="09000"), row("bad_postcode", postcode="900")],
    "R23": [row("ok", {"street": "Postbus 12"}, straat="Postbus 12", huisnummer="")],
    "R24": [row("ok", postcode="1000"), row("ok", postcode="4000"), row("ok", postcode="1780")],
    "R25": [row("missing_value", postcode="", gemeente="Gent")],
    "R26": [
        row("ok", {"last_name": "Socrates", "first_name": ""}, naam="Socrates", voornaam="-"),
        row("missing_value", voornaam=""),
        row("missing_value", naam=""),
        row("missing_value", naam="-", voornaam="Socrates"),
        row("missing_value", naam="", voornaam=""),
    ],
    "R27": [row("bad_value", naam="x" * 10_000), row("bad_value", naam="x" * 201), row("ok", naam="x" * 200)],
    "R28": [row("control_character", naam="Pee\0ters"), row("control_character", postcode="9000\0")],
    "R29": [
        row("~control_characters_removed", {"last_name": "Peeters"}, naam="Pee\x07ters"),
        row("~control_characters_removed", {"last_name": "Peeters"}, naam="Pee\u202eters"),
        row("~control_characters_removed", {"last_name": "Peeters"}, naam="Pee\u200bters"),
        row("ok", {"last_name": "Van Damme"}, naam="Van\nDamme"),
        row("ok", {"last_name": "Van Damme"}, naam="Van\u2028Damme"),
    ],
    "R30": [
        row("~unusual_characters", {"first_name": "An 🙂"}, voornaam="An 🙂"),
        row("~unusual_characters", {"last_name": "王"}, naam="王"),
        row("~unusual_characters", {"last_name": "محمد"}, naam="محمد"),
    ],
    "R31": [row("ok", {"last_name": "Lef\u00e8vre"}, naam="Lefe\u0300vre")],
    "R32": [
        row("ok", {"street": "=cmd|' /C calc'!A0"}, straat="=cmd|' /C calc'!A0"),
        row("ok", {"street": "+32 9 000"}, straat="+32 9 000"),
        row("ok", {"street": "@SUM(A1)"}, straat="@SUM(A1)"),
        row("ok", {"street": "-1"}, straat="-1"),
        row("ok", {"street": "=1"}, straat="\t=1"),
    ],
    "R33": [
        row("ok", {"last_name": text}, naam=text)
        for text in ("<script>alert(1)</script>", "<img src=file:///etc/passwd>", "{{7*7}}", "{% load %}")
    ],
    "R34": [row("ok", {"last_name": text}, naam=text) for text in ("'; DROP TABLE person", "%00", "\\x00", "../../x")],
    "R35": [
        row("bad_value", naam="#N/B"),
        row("bad_value", straat="#VALUE!"),
        row("bad_value", gemeente="#DEEL/0!"),
        row("bad_value", postcode="#N/A"),
        row("ok", {"last_name": "Null"}, naam="Null"),
        row("ok", {"last_name": "NULL"}, naam="NULL"),
        row("ok", {"last_name": "N/A"}, naam="N/A"),
    ],
    "R36": [
        *(
            row("bad_date", opdracht_begin=written)
            for written in ("31/02/1980", "02/31/1980", "30000", "1900-01-00", "15/01/27", "gisteren", "0001-01-01")
        ),
        row("missing_value", opdracht_begin=""),
        row("ok", opdracht_begin="15/01/2020"),
        row("ok", opdracht_begin="2020-01-15 00:00:00"),
        staff("115010100" + check_digits("115010100"), "~unlikely_age"),
    ],
    "R37": [
        row("ok", onderwijsniveau="KLEUTER ", categorie=" Bestuur_Onderwijzend", betaald_door="Ministerie"),
        row("bad_value", onderwijsniveau="peuter"),
        row("bad_value", categorie="directeur"),
        row("bad_value", betaald_door="provincie"),
        row("bad_value", do_code="228", do_omvang="half"),
        row("ok", do_code="tbs ", do_omvang="VOLLEDIG"),
        row("ok", do_code="999", do_omvang="volledig"),
        row("missing_value", do_code="228"),
        row("missing_value", do_omvang="volledig"),
    ],
    "R38": [
        row("date_order", opdracht_begin="2020-09-01", opdracht_einde="2020-08-31"),
        row("date_order", do_code="228", do_omvang="volledig", do_begin="2026-09-01", do_einde="2026-08-31"),
        row("ok", opdracht_begin="2020-09-01", opdracht_einde="2020-09-01"),
    ],
    "R39": [staff(ONE, "ok", ONE)],
    "R40": [row("ok", stamboeknummer=ONE, do_code="OVL", do_omvang="volledig")],
    "R41": [staff("", "missing_value"), staff(" ", "missing_value")],
}
