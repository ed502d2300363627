"""In which order rows are held, so that whoever works on the same cards waits for another and never crosses one.

First the hand-over, then cards by their key, then transfers by theirs; and what was not held is not
written afterwards. Without their key: an event that points at a held card need not wait for it.
"""

from django.db.models import QuerySet

from distribution.models import Card, Transfer


def cards(these: QuerySet[Card]) -> QuerySet[Card]:
    """These cards, held until the transaction ends; a hand-over comes before this or after it."""
    return these.order_by("pk").select_for_update(of=("self",), no_key=True)


def transfers(these: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """These transfers, held until the transaction ends. Of cards that this transaction holds already."""
    return these.order_by("pk").select_for_update(of=("self",), no_key=True)
