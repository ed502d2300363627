"""What the office reads about files: what each kind must hold, where a file stands, and what was found in it."""

from dataclasses import dataclass

from distribution.enums import Source, UploadKind
from distribution.queries.uploads import State


@dataclass(frozen=True)
class FileKind:
    """One choice of the form. `slug` is in addresses; `one` and `more` go with a count."""

    slug: str
    kind: UploadKind
    source: Source | None
    title: str
    one: str
    more: str
    what: str
    # Of what was known and is not in the file.
    left: str = "niet meer op de lijst"


KINDS = (
    FileKind(
        "afhaalpunten",
        UploadKind.POINTS,
        None,
        "Afhaalpunten",
        "afhaalpunt",
        "afhaalpunten",
        "Alle afhaalpunten van het jaar, één per rij, met adres, openingsuren en de postcodes die ze bedienen. "
        "Wie er niet meer in staat, doet dat jaar niet meer mee.",
        left="niet meer mee",
    ),
    FileKind(
        "personeel",
        UploadKind.PERSONNEL,
        Source.EPD,
        "Personeel uit het EPD",
        "mens",
        "mensen",
        "Alle opdrachten uit het elektronisch personeelsdossier, één per rij. "
        "Wie er niet meer in staat, is vertrokken; een verbeterd bestand met afgekeurde rijen vult enkel aan.",
        left="vertrokken",
    ),
    FileKind(
        "instelling",
        UploadKind.PERSONNEL,
        Source.INSTITUTION,
        "Eigen lijsten van scholen",
        "mens",
        "mensen",
        "Wie niet in het EPD staat, zoals de scholen het zelf doorgaven, met dezelfde kolommen. "
        "Zet de lijsten van alle scholen samen in één bestand: wie er niet meer in staat, is vertrokken.",
        left="vertrokken",
    ),
    FileKind(
        "abonnees",
        UploadKind.SUBSCRIBERS,
        None,
        "Abonnees",
        "abonnee",
        "abonnees",
        "De stamboeknummers van wie het magazine thuis krijgt, in één kolom. "
        "De lijst is volledig: wie er niet op staat, is geen abonnee.",
    ),
    FileKind(
        "kaarthouders",
        UploadKind.CARD_HOLDERS,
        None,
        "Kaarthouders van vorig jaar",
        "kaarthouder",
        "kaarthouders",
        "De stamboeknummers van wie vorig jaar een kaart had, in één kolom: zo weten we wie starter is. "
        "Niet nodig als de kaarten van vorig jaar hier gemaakt zijn.",
    ),
    FileKind(
        "historiek",
        UploadKind.HISTORY,
        None,
        "Gepubliceerde cijfers",
        "jaar",
        "jaren",
        "De totalen die over vroegere jaren gepubliceerd zijn, één rij per jaar. "
        "Een leeg veld is niet geteld, en dat is niet nul. Bij een schatting zegt oorzaak waarom ze er een is.",
    ),
)
BY_SLUG = {one.slug: one for one in KINDS}


@dataclass(frozen=True)
class StateWords:
    """`tone` is that of a message or a tag: good, care, alarm or nothing."""

    tag: str
    tone: str = ""


STATES = {
    State.LOOKING: StateWords("wordt nagekeken"),
    State.NOT_LOOKED_AT: StateWords("kan nu niet", "care"),
    State.READY: StateWords("klaar om in te lezen", "care"),
    State.RULE_SAYS_NO: StateWords("vraagt een beslissing", "care"),
    State.NOTHING_NEW: StateWords("verandert niets", "care"),
    State.ASKED: StateWords("wacht op een tweede paar ogen", "care"),
    State.APPLYING: StateWords("wordt ingelezen"),
    State.GONE: StateWords("niet meer bewaard"),
    State.APPLIED: StateWords("ingelezen", "good"),
    State.CANNOT_BE_TAKEN: StateWords("kon niet ingelezen worden"),
    State.TURNED_DOWN: StateWords("afgewezen"),
}
WARNINGS = {
    "bad_birth_date": "geboortedatum in het stamboeknummer klopt niet",
    "bad_check_digits": "controlecijfers van het stamboeknummer kloppen niet",
    "bad_institution_postcode": "postcode van de school is niet bruikbaar",
    "conflicting_person_data": "rijen van één persoon spreken elkaar tegen: de rij met het laatste begin telt",
    "control_characters_removed": "onzichtbare tekens weggelaten",
    "duplicate_row": "dubbele rijen, één keer geteld",
    "mojibake": "letters verkeerd bewaard (Ã© in plaats van é)",
    "normalised_number": "stamboeknummer met spaties, punten of een achtervoegsel",
    "possible_duplicate": "mogelijk dubbel: zelfde naam, adres en geboortedag, ander nummer",
    "unlikely_age": "onwaarschijnlijke leeftijd",
    "unusual_characters": "ongewone letters of tekens",
}
REJECTS = {
    "bad_birth_date": "geboortedatum in het stamboeknummer klopt niet",
    "bad_check_digits": "controlecijfers van het stamboeknummer kloppen niet",
    "bad_code": "code van het afhaalpunt niet bruikbaar",
    "bad_date": "geen datum",
    "bad_institution_number": "instellingsnummer telt geen 6 cijfers",
    "bad_postcode": "geen postcode van 4 cijfers",
    "bad_value": "waarde die hier niet kan",
    "control_character": "onzichtbaar stuurteken",
    "date_order": "einde ligt voor het begin",
    "duplicate_code": "code staat er al in",
    "missing_value": "verplicht veld is leeg",
    "national_register_number": "rijksregisternummer: dat gebruiken we niet",
    "not_11_digits": "stamboeknummer telt geen 11 cijfers",
    "number_lost_digits": "Excel heeft het nummer afgerond",
}
COUNTS = {"new": "nieuw", "changed": "gewijzigd", "unchanged": "ongewijzigd", "left": ""}
FIGURES = {
    "cards": "Totaal",
    "subscription": "Met het magazine",
    "starters": "Starters",
    "collected": "Afgehaald",
    "with_card": "Met kaart",
    "is_estimate": "Schatting",
    "cause": "Oorzaak",
}
SAMPLES = {
    "new": "Nieuw",
    "changed": "Gewijzigd",
    "left": "Vertrokken",
    "duplicates": "Mogelijk dubbel",
    "conflicting_person_data": "Rijen die elkaar tegenspreken",
}


def kind_of(kind: str, source: str) -> FileKind:
    """The choice a file was sent in as."""
    return next(one for one in KINDS if one.kind == kind and (one.source or "") == source)


def label(words: dict[str, str], code: str) -> str:
    """Dutch for a code; a code we have no words for is shown as it is rather than hidden."""
    return words.get(code, code.replace("_", " "))


def figure(value: object) -> str:
    """A published figure, or what is said of it: empty is not counted, and a text that is not there is none."""
    if value is None:
        return "niet geteld"
    if value == "":
        return "geen"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)
