"""Who held a card the year before: what makes someone else a (re)starter (interface.md §3)."""

from dataclasses import dataclass

from distribution.enums import CardState
from distribution.models import Card, CardYear, EarlierHolder, Person, bulk

CARD, PERSON, HOLDER = bulk.table(Card), bulk.table(Person), bulk.table(EarlierHolder)
# A card that was withdrawn or void was in nobody's hands.
NOT_HELD = (CardState.VOID, CardState.WITHDRAWN)


@dataclass(frozen=True)
class Holders:
    """Where last year's card holders stand.

    `cards_of` is the key of the year before when this system made its cards, `list_years` are the
    years whose list counts. With neither nobody knows, and nobody is a starter.
    """

    cards_of: int | None
    list_years: tuple[int, ...]

    @property
    def are_known(self) -> bool:
        return self.cards_of is not None or bool(self.list_years)

    @property
    def selects(self) -> list[str]:
        """SQL for the staff numbers of each source, with `parameters`; a number may stand in more than one."""
        found = [f"SELECT staff_number FROM {HOLDER} WHERE year = {year:d}" for year in self.list_years]
        if self.cards_of is not None:
            found.append(
                f"""SELECT p.staff_number FROM {CARD} c JOIN {PERSON} p ON p.id = c.person_id
                    WHERE c.card_year_id = %(before)s AND c.state NOT IN (%(void)s, %(withdrawn)s)"""
            )
        return found

    @property
    def parameters(self) -> dict[str, object]:
        return {"before": self.cards_of, "void": CardState.VOID.value, "withdrawn": CardState.WITHDRAWN.value}


def find(card_year: CardYear) -> Holders:
    """The sources that count for this year's run.

    The system's own cards of the year before, and the list handed in under this year. The list
    that was handed in under the year before itself only counts when there are no such cards.
    """
    before = card_year.year - 1
    held = Card.objects.filter(card_year__year=before).exclude(state__in=NOT_HELD)
    cards_of = held.values_list("card_year_id", flat=True).first()
    candidates = (card_year.year,) if cards_of else (card_year.year, before)
    listed = tuple(year for year in candidates if EarlierHolder.objects.filter(year=year).exists())
    return Holders(cards_of=cards_of, list_years=listed)
