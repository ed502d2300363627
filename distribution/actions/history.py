"""Taking the published totals of earlier years."""

from pathlib import Path

from django.db import transaction

from distribution.actions.taking_files import ListSummary, refuse_too_many_bad, write_rejects
from distribution.intake import history as intake
from distribution.intake.refusals import FileRefused
from distribution.intake.rejects import Reject
from distribution.models import PublishedFigures
from pickup_points.tables import TableRefused, open_table


def load(path: Path, *, rejects_folder: Path) -> ListSummary:
    """Write down the totals of each year in the file; other years stay. Raises FileRefused; then nothing changed."""
    found: list[Reject] = []
    try:
        with (
            open_table(path, required=intake.REQUIRED, optional=intake.OPTIONAL) as table,
            transaction.atomic(),
        ):
            years = intake.check(table, found)
            refuse_too_many_bad(found, rows=len(years) + len(found))
            known = list(PublishedFigures.objects.values("year", *intake.FIELDS, "is_estimate"))
            changed = [year for year in years if year not in known]
            for fields in changed:
                PublishedFigures.objects.update_or_create(year=fields["year"], defaults=fields)
            rejects_file = write_rejects(rejects_folder, found, table)
    except TableRefused as refused:
        raise FileRefused.of(refused) from refused
    return ListSummary(
        rows=len(years) + len(found),
        accepted=len(years),
        rejected=len(found),
        changed=bool(changed),
        rejects_file=rejects_file,
        notices=list(table.notices),
    )
