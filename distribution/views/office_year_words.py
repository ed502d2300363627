"""What the pages of the year say: reasons, and what differs between two sets of rules."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from distribution.enums import AssignedBy, Channel, Reason
from distribution.queries import pending_changes
from distribution.queries.figures_words import MONTHS
from distribution.queries.kind_words import LEVEL_WORDS, category_words
from distribution.rules.year_rules import Difference, Kind

DATE_WORDS = {
    "lookup_from": "Opzoeken vanaf",
    "collect_from": "Afhalen vanaf",
    "collect_until": "Afhalen tot en met",
}
READ_IN = {
    "points_imported": "afhaalpunten ingelezen",
    "personnel_imported": "personeel ingelezen",
    "subscribers_imported": "abonnees ingelezen",
    "card_holders_imported": "kaarthouders van een eerder jaar ingelezen",
    "rules_changed": "regels gewijzigd",
    "point_stopped": "een afhaalpunt gestopt",
    "point_goes_on": "een afhaalpunt toch niet gestopt",
    "postcodes_changed": "postcodes van afhaalpunten gewijzigd",
}
Lines = list[tuple[str, int]]


def day(of: dt.date) -> str:
    return f"{of.day} {MONTHS[of.month - 1]} {of.year}"


def kind(of: Kind) -> str:
    """`lager onderwijs · technisch`."""
    level, category = of
    return f"{LEVEL_WORDS.get(level, level)}: {category_words(category)}"


def difference(found: Difference) -> Iterator[str]:
    """What differs, a sentence each."""
    for name, (was, becomes) in found.dates.items():
        yield f"{DATE_WORDS[name]}: {day(becomes)}, was {day(was)}."
    if found.mailings:
        was_days, days = (", ".join(map(day, some)) or "geen" for some in found.mailings)
        yield f"Startersmailings: {days}; waren {was_days}."
    if found.fall_back:
        is_on = found.fall_back[1]
        yield f"Wie thuis geen afhaalpunt heeft, krijgt {'wel' if is_on else 'niet'} dat van de school."
    for of in found.added:
        yield f"{kind(of)} geeft recht op een kaart, vroeger niet."
    for of in found.removed:
        yield f"{kind(of)} geeft geen recht meer op een kaart."
    for code, meaning in found.codes_added.items():
        yield f"Dienstonderbreking {code} ({meaning}) neemt het recht weg, vroeger niet."
    for code, meaning in found.codes_removed.items():
        yield f"Dienstonderbreking {code} ({meaning}) neemt het recht niet meer weg."
    for code, meaning in found.codes_reworded.items():
        yield f"Dienstonderbreking {code} heet nu: {meaning}."


def outcome(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a run counted, in groups with Dutch labels. `told`: the keys of a run's summary."""
    cards, assigned = told.get("cards", {}), told.get("assigned", {})
    reasons: Lines = [(Reason(key).label, number) for key, number in told.get("not_entitled", {}).items()]
    places = (AssignedBy.RESIDENCE, AssignedBy.INSTITUTION, AssignedBy.OFFICE, AssignedBy.UNASSIGNED)
    changed = (
        ("new", "kaarten erbij"),
        ("existing", "kaarten die bleven"),
        ("withdrawn", "kaarten ingetrokken"),
        ("moved", "kaarten naar een ander afhaalpunt"),
        ("channel_changed", "kaarten langs een andere weg"),
    )
    live = sum(told.get("channels", {}).values())
    return {
        "told": told,
        "live": live,
        "to_fetch": told.get("channels", {}).get(Channel.PICKUP, 0),
        "account": _account(told, live),
        "reasons": sorted((one for one in reasons if one[1]), key=lambda one: -one[1]),
        "refused": sum(number for _, number in reasons),
        "ways": [(way.label, told.get("channels", {}).get(way, 0)) for way in Channel],
        "places": [(place.label, assigned.get(place, 0)) for place in places if assigned.get(place)],
        "unassigned": assigned.get(AssignedBy.UNASSIGNED, 0),
        "changed": [(label, cards.get(key, 0)) for key, label in changed if cards.get(key)],
        "would_change": [
            (pending_changes.KINDS[key], number) for key, number in told.get("would_change", {}).items() if number
        ],
    }


def _account(told: Mapping[str, Any], live: int) -> Lines:
    """From who is entitled to the cards there are, a line for each difference; empty when they are the same number.

    Once frozen, a card stays whoever loses the right to it, and who gains it has none yet. What is left over is then a card
    that was fetched by someone who is not entitled any more, or one that is void: a run touches neither.
    """
    entitled, would = told.get("entitled", live), told.get("would_change", {})
    if entitled == live:
        return []
    known: Lines = [
        ("recht op een kaart", entitled),
        ("geen recht meer, maar de kaart is bevroren", would.get("withdrawn", 0)),
        ("nieuw recht, nog geen kaart", -would.get("new", 0)),
        ("recht, maar te laat voor een kaart", -told.get("too_late", 0)),
    ]
    rest = live - sum(number for _, number in known)
    known.append(("geen recht meer, al afgehaald" if rest > 0 else "recht, maar de kaart is ongeldig", rest))
    return [one for one in known if one[1]]
