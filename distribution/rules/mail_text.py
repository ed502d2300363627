"""The texts of mails to points: those of the house, what may be filled in, and filling it in (issue 4, mail to points)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from distribution.enums import MailingKind

LONGEST_SUBJECT, LONGEST_BODY = 150, 5_000
# What stands between braces → what it becomes, in words for who writes the text.
FILL_INS: Mapping[str, str] = {
    "afhaalpunt": "de naam van het afhaalpunt",
    "jaar": "het jaar van de kaart",
    "aantal kaarten": "hoeveel kaarten er liggen of naartoe gaan, met het woord erbij: 412 kaarten",
    "aantal dozen": "hoeveel dozen er vertrokken, met het woord erbij: 3 dozen",
    "eerste dag": "vanaf wanneer afhalen daar kan",
    "laatste dag": "tot en met wanneer afhalen daar kan",
    "link": "de bladzijde van hun eigen balie waar deze mail over gaat",
}
_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class MailTemplate:
    """A subject and a text with fill-ins."""

    subject: str
    body: str


# A paragraph is one line: the reader's own screen breaks it.
HOUSE: Mapping[MailingKind, MailTemplate] = {
    MailingKind.ANNOUNCEMENT: MailTemplate(
        "De Lerarenkaart {jaar} komt eraan",
        """Dag collega's van {afhaalpunt}

Binnenkort liggen de nieuwe Lerarenkaarten klaar, en ook dit jaar komen leraren die van hen bij jullie halen. Fijn dat jullie weer meedoen.

Afhalen kan bij jullie van {eerste dag} tot en met {laatste dag}. Het gaat om ongeveer {aantal kaarten}.

Wil je nu al even kijken of alles klopt? Bij Ons punt staan je openingsuren en je adres, bij Collega's wie er aan de balie staat:
{link}

Je krijgt nog een mail zodra de doos vertrekt. Heb je een vraag, antwoord dan gewoon op deze mail.

Vriendelijke groeten
het team van de Lerarenkaart
""",
    ),
    MailingKind.BOX: MailTemplate(
        "De Lerarenkaarten zijn onderweg naar {afhaalpunt}",
        """Dag collega's van {afhaalpunt}

De kaarten voor {jaar} zijn vertrokken: {aantal dozen} met samen {aantal kaarten}. Ze komen een van de volgende dagen bij jullie aan.

Zijn ze er? Tel dan even wat er in de dozen zit en vul het hier in. Het duurt vijf minuten, en het bespaart later veel zoekwerk:
{link}

De kaarten zitten op naam, in de volgorde van de afhaallijst. Afhalen kan vanaf {eerste dag}.

Vriendelijke groeten
het team van de Lerarenkaart
""",
    ),
    MailingKind.COUNT: MailTemplate(
        "Tel je even de overgebleven Lerarenkaarten?",
        """Dag collega's van {afhaalpunt}

Leraren konden hun Lerarenkaart {jaar} bij jullie afhalen tot en met {laatste dag}. Nu zouden we graag weten hoeveel er overbleven.

Neem de doos, tel de kaarten die er nog in zitten en vul het getal hier in:
{link}

Is er geen enkele meer over? Vul dan 0 in: ook dat willen we weten. Zonder jullie telling moeten we het cijfer schatten.

Alvast bedankt
het team van de Lerarenkaart
""",
    ),
    MailingKind.LIST: MailTemplate(
        "We missen de getekende lijst van {afhaalpunt}",
        """Dag collega's van {afhaalpunt}

Werkten jullie voor de Lerarenkaart {jaar} op papier? Dan missen we nog de lijst waarop de leraren tekenden.

Met de lijst naast je typ je per blad in welke rijen getekend zijn, bijvoorbeeld 1-5 9 12-14. Dat doe je hier:
{link}

Is de lijst kwijt, of hebben jullie ze niet gebruikt? Tel dan de kaarten die overbleven en vul dat in bij Tellen. Daar zijn we even goed mee geholpen.

Alvast bedankt
het team van de Lerarenkaart
""",
    ),
    MailingKind.THANKS: MailTemplate(
        "Bedankt, {afhaalpunt}",
        """Dag collega's van {afhaalpunt}

Het zit erop: de Lerarenkaarten van {jaar} zijn uitgedeeld en geteld. Dank je wel voor het zoeken, het afgeven en het tellen.

Hoe het bij jullie verliep, vind je hier terug:
{link}

De kaarten die overbleven, mag je nu vernietigen: knip ze door of doe ze bij het vertrouwelijk papier.

Tot volgend jaar
het team van de Lerarenkaart
""",
    ),
}


class BadText(Exception):
    """Cannot be sent like this; the text is the Dutch sentence."""


def tidy(typed: str) -> str:
    """As it is kept: the line ends of one kind, no spaces at the end of a line, one line end at the end."""
    lines = [line.rstrip() for line in typed.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip("\n") + "\n"


def one_line(typed: str) -> str:
    """A subject is one line, whatever was typed or filled in: nothing can add a header to a mail."""
    return " ".join(typed.split())


def check(template: MailTemplate) -> None:
    """Raises BadText for an empty part, one that is too long, and a fill-in that we do not know or that is broken."""
    if not template.subject:
        raise BadText("Geef de mail een onderwerp.")
    if not template.body.strip():
        raise BadText("Schrijf een tekst.")
    if len(template.subject) > LONGEST_SUBJECT:
        raise BadText(f"Het onderwerp is te lang: hoogstens {LONGEST_SUBJECT} tekens.")
    if len(template.body) > LONGEST_BODY:
        raise BadText(f"De tekst is te lang: hoogstens {LONGEST_BODY} tekens.")
    for part, where in ((template.subject, "het onderwerp"), (template.body, "de tekst")):
        for name in _BRACED.findall(part):
            if name not in FILL_INS:
                raise BadText(f"“{{{name}}}” in {where} kennen we niet. Je kunt kiezen uit: {_known()}.")
        if "{" in _BRACED.sub("", part) or "}" in _BRACED.sub("", part):
            raise BadText(f"In {where} staat een accolade alleen. Een invulveld begint met {{ en eindigt met }}.")


def fill(template: MailTemplate, values: Mapping[str, str]) -> MailTemplate:
    """The mail as one point gets it. What is filled in is never read as a fill-in again."""

    def value(found: re.Match[str]) -> str:
        return one_line(values[found[1]])

    return MailTemplate(one_line(_BRACED.sub(value, template.subject)), _BRACED.sub(value, template.body))


def _known() -> str:
    return ", ".join(f"{{{name}}}" for name in FILL_INS)
