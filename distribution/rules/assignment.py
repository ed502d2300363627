"""Where a card lies: the point of the home postcode, else of the institution, else nowhere yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from distribution.enums import AssignedBy


@dataclass(frozen=True)
class Placement:
    """A point's key, or None, and why."""

    point: int | None
    assigned_by: AssignedBy


def place(
    *,
    country: str,
    home_postcode: str,
    institution_postcode: str,
    served: Mapping[str, int],
    falls_back_on_school: bool = True,
) -> Placement:
    """The destination of a pickup card; `served` maps a postcode to its one serving point.

    A postcode abroad never matches a Belgian one, however alike they look. A year may do without the
    second test: then who has no point at home has none.
    """
    if country == "BE" and home_postcode in served:
        return Placement(served[home_postcode], AssignedBy.RESIDENCE)
    if falls_back_on_school and institution_postcode in served:
        return Placement(served[institution_postcode], AssignedBy.INSTITUTION)
    return Placement(None, AssignedBy.UNASSIGNED)
