"""One change of a year at a time: a run and a freeze never see each other half done."""

import contextlib
from collections.abc import Iterator

from django.db import OperationalError, transaction

from distribution.errors import DistributionError
from distribution.models import CardYear, bulk


class YearIsBusy(DistributionError):
    code = "year_is_busy"


@contextlib.contextmanager
def locked(card_year: CardYear) -> Iterator[CardYear]:
    """A transaction in which nobody else runs or freezes this year; gives the year as it now stands.

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
        if bulk.is_postgres():
            # What happens in here touches a whole year in sets: sorted and joined in memory, until this transaction ends.
            bulk.execute("SET LOCAL work_mem = '256MB'")
        yield current
