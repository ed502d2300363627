"""What the office reads about a year: its stages, what asks for attention and what to do about it, and grades."""

from dataclasses import dataclass, replace

from django.urls import reverse

from distribution.queries.office import Progress, Step
from distribution.queries.office_points import Concern
from distribution.rules.reconciliation import Figures, Grade


@dataclass(frozen=True)
class ConcernWords:
    """`one` and `more` go with a count; `advice` says what to do; `not_yet` why it cannot be told."""

    title: str
    one: str
    more: str
    advice: str
    not_yet: str = "Dat weten we pas als er afhaalpunten zijn."


CONCERNS = {
    Concern.UNSERVED: ConcernWords(
        "Postcodes zonder afhaalpunt",
        "postcode heeft geen afhaalpunt",
        "postcodes hebben geen afhaalpunt",
        "Geef elke postcode een afhaalpunt, bij Afhaalpunten, Postcodes. Ken daarna opnieuw toe.",
    ),
    Concern.UNASSIGNED: ConcernWords(
        "Mensen zonder afhaalpunt",
        "mens heeft recht op een kaart, maar nog geen afhaalpunt",
        "mensen hebben recht op een kaart, maar nog geen afhaalpunt",
        "Geef een groep of één mens een afhaalpunt, of geef hun postcode er een en ken opnieuw toe. Wie in het "
        "buitenland woont, krijgt een afhaalpunt via de school: kijk na of de postcode van die school bediend wordt.",
        "Dat weten we pas na de toekenning.",
    ),
    Concern.NO_HOURS: ConcernWords(
        "Afhaalpunten zonder openingsuren",
        "afhaalpunt heeft geen openingsuren",
        "afhaalpunten hebben geen openingsuren",
        "Bel of mail het afhaalpunt. De beheerder vult de uren zelf in bij Ons punt; jij kunt het op de pagina van het punt.",
    ),
    Concern.NO_COLLEAGUE: ConcernWords(
        "Afhaalpunten waar niemand inlogt",
        "afhaalpunt heeft niemand die al inlogde",
        "afhaalpunten hebben niemand die al inlogde",
        "Nodig op de pagina van het punt een beheerder uit, of vraag om de uitnodiging te gebruiken.",
    ),
    Concern.SILENT: ConcernWords(
        "Al 14 dagen stil",
        "afhaalpunt duidde al 14 dagen niets aan, terwijl er kaarten wachten",
        "afhaalpunten duidden al 14 dagen niets aan, terwijl er kaarten wachten",
        "Bel eens: is de doos aangekomen, en duiden ze de afgiftes aan?",
        "Dat telt enkel tijdens de afhaalperiode.",
    ),
    Concern.RECEIVED_FEWER: ConcernWords(
        "Minder kaarten aangekomen dan verstuurd",
        "afhaalpunt telde minder kaarten dan er verstuurd zijn",
        "afhaalpunten telden minder kaarten dan er verstuurd zijn",
        "Vraag of alle dozen er zijn en ga bij de drukker na waar de andere gebleven zijn.",
        "Nog geen enkel afhaalpunt telde wat aankwam.",
    ),
    Concern.TRANSFERS: ConcernWords(
        "Overdrachten die blijven hangen",
        "kaart is al meer dan een week onderweg of gevraagd",
        "kaarten zijn al meer dan een week onderweg of gevraagd",
        "Bel het afhaalpunt dat aan zet is: het verstuurt de kaart, bevestigt dat ze er is, of zet de overdracht stop.",
        "Dat weten we pas na de toekenning.",
    ),
    Concern.PENDING: ConcernWords(
        "Veranderd sinds het bevriezen",
        "verandering wacht op jouw beslissing",
        "veranderingen wachten op jouw beslissing",
        "Bekijk de lijst en beslis. Na het bevriezen verandert er niets vanzelf.",
        "Dat telt pas na het bevriezen.",
    ),
    Concern.QUARANTINE: ConcernWords(
        "Afrekeningen die niet kloppen",
        "afhaalpunt heeft tellingen die elkaar tegenspreken",
        "afhaalpunten hebben tellingen die elkaar tegenspreken",
        "Vraag om nog eens te tellen, zonder het vorige getal te noemen. Tot dan telt het punt als niet geteld.",
        "Dat weten we pas als er kaarten bevroren zijn.",
    ),
    Concern.NOT_CLOSED: ConcernWords(
        "Afrekeningen die nog open zijn",
        "afhaalpunt sloot nog niet af",
        "afhaalpunten sloten nog niet af",
        "Vraag om te tellen wat overbleef en af te sluiten bij Tellen. Zonder telling blijft het cijfer een schatting.",
        "Dat telt pas na de laatste afhaaldag.",
    ),
    Concern.LIST_MISSING: ConcernWords(
        "Getekende lijsten die ontbreken",
        "afhaalpunt gaf niets terug: geen lijst, geen telling",
        "afhaalpunten gaven niets terug: geen lijst, geen telling",
        "Stuur de mail “De lijst ontbreekt”. Ze voeren de getekende lijst in, of tellen wat overbleef.",
        "Dat telt pas na de laatste afhaaldag.",
    ),
}
# Of a year whose cards are frozen: another run moves nobody, so it is the people who are given a point.
WHEN_FROZEN = {
    Concern.UNSERVED: ConcernWords(
        "Postcodes zonder afhaalpunt",
        "postcode telt mensen zonder afhaalpunt",
        "postcodes tellen mensen zonder afhaalpunt",
        "De kaarten zijn bevroren: kies bij “Mensen zonder afhaalpunt” een afhaalpunt voor de groep. Geef je de postcode zelf "
        "een afhaalpunt, dan telt dat enkel voor wie er nog bij komt.",
    ),
    Concern.UNASSIGNED: replace(
        CONCERNS[Concern.UNASSIGNED],
        advice="Geef een groep of één mens een afhaalpunt. De kaarten zijn bevroren: opnieuw toekennen verandert er niets aan.",
    ),
}
STEPS = {
    Step.OPENED: "Jaar geopend",
    Step.POINTS: "Afhaalpunten",
    Step.PERSONNEL: "Personeel",
    Step.SUBSCRIBERS: "Abonnees",
    Step.RUN: "Kaarten toegekend",
    Step.FROZEN: "Bevroren",
    Step.PRINTED: "Drukwerk",
    Step.LISTS: "Afhaallijsten",
    Step.COLLECTING: "Afhalen",
    Step.CLOSING: "Afrekenen",
    Step.CLOSED: "Afgesloten",
}
PROGRESS = {
    Progress.DONE: "klaar",
    Progress.BUSY: "bezig",
    Progress.AHEAD: "nog te doen",
    Progress.SKIPPED: "overgeslagen",
}
# What a letter may mean, for the list of points; of one point `grade` says which.
GRADES = {
    Grade.A: "geteld, en het klopt",
    Grade.B: "geteld, met een verschil dat verklaard is, of zonder telling van wat aankwam",
    Grade.C: "geteld met een verschil dat niet verklaard is, of niet geteld maar volgens het afhaalpunt volledig aangeduid",
    Grade.D: "geteld met een onverklaard verschil en zonder telling van wat aankwam, of niet geteld en maar deels aangeduid",
    Grade.E: "er kwam niets terug",
}
COUNTED = {
    Grade.A: "geteld, en het klopt",
    Grade.B: "geteld, met een klein of verklaard verschil",
    Grade.C: "geteld, met een verschil dat niet helemaal te verklaren is",
    Grade.D: "geteld, met een verschil dat niemand verklaart, en wat aankwam is niet geteld",
}
NOT_COUNTED = {
    Grade.C: "niet geteld, maar het afhaalpunt zegt dat alles is aangeduid",
    Grade.D: "niet geteld, en maar een deel is aangeduid",
    Grade.E: "er kwam niets terug",
}
DOING = {
    Step.POINTS: "de afhaalpunten inlezen",
    Step.PERSONNEL: "het personeel inlezen",
    Step.SUBSCRIBERS: "de abonnees inlezen",
    Step.RUN: "de kaarten toekennen",
    Step.FROZEN: "bevriezen",
    Step.PRINTED: "het drukwerk maken",
    Step.LISTS: "de afhaallijsten maken",
    Step.COLLECTING: "het afhalen volgen",
    Step.CLOSING: "de afhaalpunten afrekenen",
    Step.CLOSED: "de afhaalpunten afrekenen",
}


def concern(of: Concern, *, is_frozen: bool, is_reader: bool) -> ConcernWords:
    """What is said of it; what to do about it only to who may do it."""
    words = WHEN_FROZEN.get(of, CONCERNS[of]) if is_frozen else CONCERNS[of]
    return replace(words, advice="") if is_reader else words


def grade(figures: Figures) -> str:
    """What the grade of one point says."""
    if figures.is_quarantined:
        return "de tellingen spreken elkaar tegen en tellen dus nog niet mee"
    return (COUNTED if figures.is_counted else NOT_COUNTED)[figures.grade]


@dataclass(frozen=True)
class NextStep:
    """What to do now, in a sentence, and the button that leads there."""

    why: str
    button: str = ""


NEXT = {
    Step.POINTS: NextStep("Lees de afhaalpunten in, met hun uren en hun postcodes.", "Lees de afhaalpunten in"),
    Step.PERSONNEL: NextStep(
        "Lees het personeel in. Je ziet eerst wat er zou veranderen; daarna beslis je.", "Lees het personeel in"
    ),
    Step.SUBSCRIBERS: NextStep("Lees de abonnees in.", "Lees de abonnees in"),
    Step.RUN: NextStep("Ken de kaarten toe. Je begint met een proef, die niets verandert.", "Proef en ken toe"),
    Step.FROZEN: NextStep(
        "Bevries: daarna verandert er niets meer vanzelf en kan de drukker beginnen.", "Naar het bevriezen"
    ),
    Step.PRINTED: NextStep(
        "Maak de bestanden voor de drukker en het verzendhuis, met de etiketten.", "Naar het drukwerk"
    ),
    Step.LISTS: NextStep("Maak de afhaallijsten.", "Naar de afhaallijsten"),
    Step.COLLECTING: NextStep("Volg het afhalen en wat hieronder aandacht vraagt.", "Naar de afhaalpunten"),
    Step.CLOSING: NextStep(
        "Laat elk afhaalpunt tellen wat overbleef en afsluiten, bij Tellen aan de eigen balie.", "Naar de afhaalpunten"
    ),
}
NEXT[Step.CLOSED] = NEXT[Step.CLOSING]
ALL_DONE = NextStep("Alles is afgesloten. Er is niets meer te doen.")
ALL_CLOSED = NextStep("Alles is afgesloten. Wat hieronder nog aandacht vraagt, kun je nog rechtzetten.")
# Who only reads is told what goes on, and never what to do.
OTHERS_DO_IT = NextStep("Dat doet wie voor Klasse het jaar beheert.")
FOR_WHO_READS = {
    Step.COLLECTING: NextStep("Het afhalen loopt.", "Naar de afhaalpunten"),
    Step.CLOSING: NextStep("De afhaalpunten tellen wat overbleef en sluiten af.", "Naar de afhaalpunten"),
    Step.CLOSED: NextStep("De afhaalpunten tellen wat overbleef en sluiten af.", "Naar de afhaalpunten"),
    None: NextStep("Alles is afgesloten."),
}
# The page of each stage, and whether its address holds the year. What is missing here has none.
FILES, POINTS = ("office-files", False), ("office-points", False)
PAGES = {
    Step.OPENED: ("office-year-rules", True),
    Step.POINTS: FILES,
    Step.PERSONNEL: FILES,
    Step.SUBSCRIBERS: FILES,
    Step.RUN: ("office-year-run", True),
    Step.FROZEN: ("office-year-freeze", True),
    Step.PRINTED: ("office-year-print", True),
    Step.LISTS: ("office-year-lists", True),
    Step.COLLECTING: POINTS,
    Step.CLOSING: POINTS,
    Step.CLOSED: POINTS,
}
# What is chosen beforehand where a file is sent in.
SENT_IN_AS = {Step.POINTS: "afhaalpunten", Step.PERSONNEL: "personeel", Step.SUBSCRIBERS: "abonnees"}
# Readers of figures see the points, not the work.
FOR_READERS = {POINTS}


def page(step: Step, *, year: int, of_year: str, is_reader: bool) -> str:
    """The address where a stage is done; nothing for who may not go there."""
    name, has_year = PAGES[step]
    if is_reader and (name, has_year) not in FOR_READERS:
        return ""
    address = reverse(f"distribution:{name}", args=[year] if has_year else [])
    if step in SENT_IN_AS:
        return f"{address}{of_year or '?'}{'&' if of_year else ''}soort={SENT_IN_AS[step]}"
    return address if has_year else address + of_year


def next_step(step: Step | None, *, is_quiet: bool, is_reader: bool) -> NextStep:
    """What to do now; `is_quiet`: nothing asks for attention."""
    if is_reader:
        return FOR_WHO_READS.get(step, OTHERS_DO_IT)
    if step:
        return NEXT[step]
    return ALL_DONE if is_quiet else ALL_CLOSED
