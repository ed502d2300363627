"""Everything Klasse may change of a point: its own data, and besides them name, address, place on the map and postcodes."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pickup_points.intake import own_data
from pickup_points.intake.own_data import Changes, OwnData
from pickup_points.models import PickupPoint, PointYear, ServedPostcode

OF_PLACE = ("name", "kind", "street", "house_number", "postcode", "municipality", "latitude", "longitude")
POSTCODES = ("serves", "choice_for")


@dataclass(frozen=True)
class PlaceData:
    """A point as Klasse sees it. The postcodes are those of one year; none without a part in it."""

    name: str
    kind: str
    street: str
    house_number: str
    postcode: str
    municipality: str
    latitude: float | None
    longitude: float | None
    serves: tuple[str, ...]
    choice_for: tuple[str, ...]
    own: OwnData

    def as_json(self) -> dict[str, Any]:
        """Only texts and numbers, to be kept or sent along; `from_json` reads it back."""
        postcodes = {name: list(getattr(self, name)) for name in POSTCODES}
        return {name: getattr(self, name) for name in OF_PLACE} | postcodes | self.own.as_json()


NOTHING_YET = PlaceData(
    "", "", "", "", "", "", None, None, (), (), OwnData({}, "", "", "", "", "", "", None, None)
)  # fmt: skip


def of(point: PickupPoint, part: PointYear | None) -> PlaceData:
    """A point as it is now. Two questions at most."""
    served = (
        list(
            ServedPostcode.objects.filter(point=point, year=part.year)
            .order_by("postcode")
            .values_list("postcode", "is_choice")
        )
        if part
        else []
    )
    return PlaceData(
        **{name: getattr(point, name) for name in OF_PLACE},
        serves=tuple(postcode for postcode, is_choice in served if not is_choice),
        choice_for=tuple(postcode for postcode, is_choice in served if is_choice),
        own=own_data.of(point, part),
    )


def from_json(kept: Mapping[str, Any]) -> PlaceData:
    """What `as_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
    names = {field.name for field in dataclasses.fields(PlaceData)} - {"own", *POSTCODES}
    return PlaceData(
        **{name: kept[name] for name in names},
        serves=tuple(kept["serves"]),
        choice_for=tuple(kept["choice_for"]),
        own=own_data.from_json({name: kept[name] for name in (*own_data.OF_POINT, *own_data.OF_YEAR)}),
    )


def changes(was: PlaceData, became: PlaceData) -> Changes:
    """The fields that differ, in their order."""
    before, after = was.as_json(), became.as_json()
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}
