"""Taking the published totals of earlier years."""

from pathlib import Path
from typing import Any

from django.db import transaction

from distribution.actions.taking_files import ListSummary, opened, refuse_too_many_bad, write_rejects
from distribution.intake import history as intake
from distribution.intake.rejects import Reject
from distribution.models import PublishedFigures


def load(path: Path, *, rejects_folder: Path, dry_run: bool = False) -> ListSummary:
    """Write down the totals of each year in the file; other years stay. Raises FileRefused; then nothing changed.

    A dry run tells the same and changes nothing, though it does write the rejects file.
    """
    found: list[Reject] = []
    with (
        opened(path, required=intake.REQUIRED, optional=intake.OPTIONAL) as table,
        transaction.atomic(),
    ):
        years = intake.check(table, found)
        refuse_too_many_bad(found, rows=len(years) + len(found))
        known = {
            fields["year"]: fields for fields in PublishedFigures.objects.values("year", *intake.FIELDS, *intake.SAID)
        }
        changed = [fields for fields in years if known.get(fields["year"]) != fields]
        for fields in changed:
            PublishedFigures.objects.update_or_create(year=fields["year"], defaults=fields)
        rejects_file = write_rejects(rejects_folder, found, table)
        if dry_run:
            transaction.set_rollback(True)
    return ListSummary(
        rows=len(years) + len(found),
        accepted=len(years),
        rejected=len(found),
        changed=bool(changed),
        rejects_file=rejects_file,
        notices=list(table.notices),
        counts={
            "new": sum(fields["year"] not in known for fields in changed),
            "changed": sum(fields["year"] in known for fields in changed),
            "unchanged": len(years) - len(changed),
        },
        details={"years": [_year(known.get(fields["year"]), fields) for fields in changed]},
    )


def _year(was: dict[str, Any] | None, becomes: dict[str, Any]) -> dict[str, Any]:
    """One year of which something changes, figure by figure; None is not counted."""
    known = was or {"cause": ""}
    names = [name for name in (*intake.FIELDS, *intake.SAID) if known.get(name) != becomes[name]]
    return {
        "year": becomes["year"],
        "is_new": was is None,
        "figures": [{"name": name, "was": known.get(name), "becomes": becomes[name]} for name in names],
    }
