"""What each kind of file looks like: its columns and one row, to start from. Nobody in it exists."""

import csv
import io

from distribution.enums import UploadKind
from distribution.intake import history, personnel, staff_lists
from pickup_points.intake.points import COLUMNS as POINTS

PERSON = {
    "stamboeknummer": "16203040856",
    "naam": "Voorbeeld",
    "voornaam": "Fien",
    "straat": "Fictieflaan",
    "huisnummer": "1",
    "postcode": "9000",
    "gemeente": "Gent",
    "land": "BE",
    "instellingsnummer": "123456",
    "instelling_naam": "Basisschool De Verzinning",
    "instelling_postcode": "9000",
    "onderwijsniveau": "lager",
    "categorie": "bestuur_onderwijzend",
    "betaald_door": "ministerie",
    "opdracht_begin": "2020-09-01",
}
POINT = {
    "code": "bib-verzinning",
    "naam": "Bibliotheek De Verzinning (fictief)",
    "soort": "bibliotheek",
    "straat": "Fictieflaan",
    "huisnummer": "2",
    "postcode": "9000",
    "gemeente": "Gent",
    "telefoon": "09 000 00 00",
    "email": "bib@voorbeeld.be",
    "website": "https://bib.voorbeeld.be/",
    "di": "10:00-12:00 13:30-18:00",
    "za": "10:00-12:00",
    "postcodes": "9000 9030",
    "keuze_voor": "9040",
}
PUBLISHED = {"jaar": "1999", "totaal": "1000", "abonnement": "100", "starters": "50", "afgehaald": "500"}
PUBLISHED |= {"met_kaart": "650", "schatting": "1", "oorzaak": "Vijf afhaalpunten telden niet wat overbleef."}
NUMBER = {staff_lists.COLUMN: PERSON["stamboeknummer"]}
ROWS = {
    UploadKind.POINTS: (POINTS, POINT),
    UploadKind.PERSONNEL: ((*personnel.REQUIRED, *personnel.OPTIONAL), PERSON),
    UploadKind.SUBSCRIBERS: ((staff_lists.COLUMN,), NUMBER),
    UploadKind.CARD_HOLDERS: ((staff_lists.COLUMN,), NUMBER),
    UploadKind.HISTORY: ((*history.REQUIRED, *history.OPTIONAL), PUBLISHED),
}


def table(kind: UploadKind) -> str:
    """The header and one fictitious row, as Excel reads it; it can be sent in as it is."""
    columns, row = ROWS[kind]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([columns, [row.get(name, "") for name in columns]])
    return "\ufeff" + out.getvalue()
