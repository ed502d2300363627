"""What a teacher hears, in one or two sentences: the `message` of the API, and the heading's companion on the page."""

import datetime as dt

from distribution.enums import Outcome
from pickup_points.hours import long_date

SEE_PAYSLIP = "Je stamboeknummer staat op je loonbrief en op je vorige Lerarenkaart."


def message(
    outcome: Outcome,
    *,
    year: int,
    on: dt.date,
    lookup_from: dt.date | None = None,
    expected: dt.date | None = None,
    point: str = "",
    collect_from: dt.date | None = None,
    collect_until: dt.date | None = None,
    is_new_card: bool = False,
    moves_to: str = "",
) -> str:
    """The Dutch message of an outcome on a day. `is_new_card`: in preparation because the old card is void.

    `moves_to`: the point stops, and the card goes there.
    """
    if is_new_card:
        return (
            f"Je oude Lerarenkaart {year} is ongeldig en we maken een nieuwe. Kom over enkele weken terug: "
            "dan kun je hier opzoeken waar ze is."
        )
    if outcome == Outcome.IN_PREPARATION:
        when = (
            f"Vanaf {long_date(lookup_from)} kun je hier opzoeken waar jouw kaart is."
            if lookup_from and on < lookup_from
            else "Kom binnenkort terug: dan kun je hier opzoeken waar jouw kaart is."
        )
        return f"De kaarten van {year} worden gemaakt. {when}"
    if outcome == Outcome.PERIOD_ENDED:
        return f"De periode om je Lerarenkaart van {year} af te halen is voorbij. In december start die van {year + 1}."
    if outcome == Outcome.SENT_HOME:
        return (
            f"Je bent geabonneerd op Klasse Magazine: je Lerarenkaart {year} komt met de post, bij het decembernummer."
        )
    if outcome == Outcome.STARTER_PACK:
        assert expected is not None
        verb = "vertrekt" if on <= expected else "vertrok"
        return f"Je krijgt je Lerarenkaart {year} thuis, in een starterspakket. Dat {verb} op {long_date(expected)}."
    if outcome == Outcome.COLLECTED:
        return f"Je Lerarenkaart {year} is al afgehaald."
    if outcome == Outcome.CONTACT_KLASSE:
        return (
            f"Je hebt recht op een Lerarenkaart {year}, maar er is nog geen afhaalpunt bij. Neem contact op met Klasse."
        )
    if outcome == Outcome.AT_PICKUP_POINT:
        assert collect_from is not None
        assert collect_until is not None
        if moves_to:
            return (
                f"Je Lerarenkaart {year} lag klaar in {point}, maar dat stopt als afhaalpunt. "
                f"Ze verhuist naar {moves_to}. Bel eerst even waar ze nu ligt."
            )
        if on < collect_from:
            return f"Je Lerarenkaart {year} komt naar {point}. Afhalen kan vanaf {long_date(collect_from)}."
        if on > collect_until:
            return f"Je Lerarenkaart {year} lag in {point}. Afhalen kon daar tot en met {long_date(collect_until)}."
        return f"Je Lerarenkaart {year} ligt klaar in {point}. Afhalen kan tot en met {long_date(collect_until)}."
    return (
        f"Voor dit nummer vinden we geen Lerarenkaart {year}. Kijk je nummer even na. "
        "Klopt het? Neem dan contact op met Klasse."
    )
