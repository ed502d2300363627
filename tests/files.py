"""Small files in the formats of interface.md §2, for tests that need one."""

from pathlib import Path

from tests import make

PERSONNEL = {
    "stamboeknummer": "",
    "naam": "Peeters",
    "voornaam": "An",
    "straat": "Kerkstraat",
    "huisnummer": "1",
    "postcode": "9000",
    "gemeente": "Gent",
    "land": "",
    "instellingsnummer": "123456",
    "onderwijsniveau": "lager",
    "categorie": "bestuur_onderwijzend",
    "betaald_door": "ministerie",
    "opdracht_begin": "2020-09-01",
    "opdracht_einde": "",
}


def appointment(serial: int, **changes: str) -> dict[str, str]:
    """One good row of a personnel file: the serial says whose."""
    return PERSONNEL | {"stamboeknummer": make.staff_number(serial), "huisnummer": str(serial)} | changes


def personnel(path: Path, *rows: dict[str, str]) -> Path:
    """A personnel file with these rows."""
    lines = [";".join(PERSONNEL), *(";".join(row[name] for name in PERSONNEL) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def staff_numbers(path: Path, *numbers: str) -> Path:
    """A list with one column."""
    path.write_text("\n".join(["stamboeknummer", *numbers]) + "\n", encoding="utf-8")
    return path
