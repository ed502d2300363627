"""One change of a year at a time: a run and a freeze never see each other half done."""

import contextlib
from collections.abc import Iterator

from django.db import OperationalError, transaction

from distribution.errors import DistributionError
from distribution.models import CardYear, bulk


class YearIsBusy(DistributionError):
    code = "year_is_busy"


class YearIsForgotten(DistributionError):
    """Without its people nothing of a year can be made again; it would only spoil the figures."""

    code = "year_is_forgotten"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"De namen, adressen en opdrachten van {year} zijn gewist. De cijfers blijven, maar aan dat jaar verandert niets meer."
        )


@contextlib.contextmanager
def locked(card_year: CardYear, *, to_forget: bool = False) -> Iterator[CardYear]:
    """A transaction in which nobody else runs or freezes this year; gives the year as it now stands.

    Raises YearIsForgotten for a year whose people are gone, unless it is `to_forget` that one comes.

    PostgreSQL locks the year's row and the second waits. SQLite lets one writer in at all, and
    refuses the second (YearIsBusy) when its busy timeout has passed. Killed half-way, nothing happened.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(transaction.atomic())
            current = CardYear.objects.select_for_update().get(pk=card_year.pk)
        except OperationalError as error:
            raise YearIsBusy(
                f"Iemand anders is nu met {card_year.year} bezig. Wacht even en probeer het opnieuw."
            ) from error
        if current.people_gone_at and not to_forget:
            raise YearIsForgotten(current.year)
        bulk.ask_for_memory()
        yield current
