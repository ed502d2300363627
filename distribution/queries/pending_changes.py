"""What a run after freezing would have changed, as Klasse reads it."""

from collections.abc import Iterator

from django.db.models import Count

from distribution.models import CardYear, PendingChange

HEADER = ("stamboeknummer_einde", "naam", "voornaam", "wijziging", "nu", "zou_worden")


def rows(card_year: CardYear) -> Iterator[tuple[str, ...]]:
    """One row per change in Dutch name order; of the staff number only the last four digits."""
    changes = (
        PendingChange.objects.filter(card_year=card_year)
        .order_by("person__sort_key", "person_id", "kind")
        .values_list("person__staff_number", "person__last_name", "person__first_name", "kind", "was", "becomes")
    )
    words = dict(PendingChange.Kind.choices)
    for number, last_name, first_name, kind, was, becomes in changes.iterator():
        yield number[-4:], last_name, first_name, str(words[kind]), was, becomes


def count(card_year: CardYear) -> dict[str, int]:
    """How many changes of each kind wait for a decision; all four kinds."""
    counted = dict(
        PendingChange.objects.filter(card_year=card_year).order_by("kind").values_list("kind").annotate(Count("pk"))
    )
    return {str(kind): counted.get(kind, 0) for kind in PendingChange.Kind}
