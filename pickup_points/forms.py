"""What people type about a point: checked here, saved by an action."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pickup_points import hours
from pickup_points.intake import cells, own_data, place_data
from pickup_points.intake.own_data import OwnData
from pickup_points.intake.place_data import PlaceData
from pickup_points.models import PointKind

LONGEST_TYPED = 2_000
LONGEST_POSTER_TEXT = 200
HOURS_PLACEHOLDER = "gesloten"
DEGREES = ("latitude", "longitude")
# Words that stand where a code would, in addresses of /beheer/punten/.
RESERVED_CODES = frozenset({"nieuw", "postcodes"})


class OwnDataForm(forms.Form):
    """The own data of a point, as people type them. `period`: the days of the year; None when the point takes no part in it."""

    ma = forms.CharField(label="Maandag")
    di = forms.CharField(label="Dinsdag")
    wo = forms.CharField(label="Woensdag")
    do = forms.CharField(label="Donderdag")
    vr = forms.CharField(label="Vrijdag")
    za = forms.CharField(label="Zaterdag")
    zo = forms.CharField(label="Zondag")
    closed = forms.CharField(
        label="Gesloten",
        help_text="Dagen waarop jullie niet open zijn, elk op een regel: 25/12/2026 of 28/12/2026 t/m 02/01/2027.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    exceptional = forms.CharField(
        label="Uitzonderlijk open",
        help_text="Andere uren op één dag, ook als jullie dan anders gesloten zijn: 29/12/2026: 10:00-14:00.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    collect_from = forms.CharField(label="Eerste dag", widget=forms.TextInput(attrs={"type": "date"}))
    collect_until = forms.CharField(label="Laatste dag", widget=forms.TextInput(attrs={"type": "date"}))
    phone = forms.CharField(label="Telefoon", widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.CharField(label="E-mailadres", widget=forms.TextInput(attrs={"inputmode": "email"}))
    website = forms.CharField(label="Website", widget=forms.TextInput(attrs={"inputmode": "url"}))
    poster_text = forms.CharField(
        label="Jullie eigen zin op de affiche",
        help_text="Eén zin, zoals: Vraag ernaar aan de balie op het gelijkvloers.",
    )

    def __init__(self, *args: Any, period: tuple[dt.date, dt.date] | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.period = period
        if period is None:
            for name in own_data.OF_YEAR:
                del self.fields[name]
        for name, field in self.fields.items():
            field.required = False
            field.widget.attrs["maxlength"] = LONGEST_TYPED
            field.widget.attrs["autocomplete"] = "off"
            if period and name in own_data.OF_YEAR:
                field.widget.attrs |= {"min": period[0].isoformat(), "max": period[1].isoformat()}
            if name in hours.WEEKDAYS:
                field.widget.attrs["placeholder"] = HOURS_PLACEHOLDER

    @property
    def weekdays(self) -> Iterator[forms.BoundField]:
        return (self[day] for day in hours.WEEKDAYS)

    @property
    def wanted(self) -> OwnData:
        """What was typed, in the form in which it is kept; only of a form that is valid."""
        read = self.cleaned_data
        fields: dict[str, Any] = {name: read.get(name) for name in (*own_data.OF_POINT, *own_data.OF_YEAR)}
        return OwnData(**fields | {"hours": {day: read[day] for day in hours.WEEKDAYS if read[day]}})

    def clean(self) -> dict[str, Any]:
        """Read every field by the readers of the points file, so that a manager and a file are held to the same."""
        for name, read in self._readers():
            # A field that Django itself refused is not here any more.
            if name in self.cleaned_data:
                try:
                    self.cleaned_data[name] = read(self.cleaned_data[name])
                except cells.Wrong as wrong:
                    self.add_error(name, ValidationError(str(wrong), code=wrong.code))
        self._clean_nights()
        first, last = (self.cleaned_data.get(name) for name in own_data.OF_YEAR)
        if first and last and last < first:
            sentence = f"De laatste dag ({last:%d/%m/%Y}) ligt voor de eerste ({first:%d/%m/%Y})."
            self.add_error("collect_until", ValidationError(sentence, code="date_order"))
        return self.cleaned_data

    def _readers(self) -> Iterator[tuple[str, Callable[[str], Any]]]:
        for day in hours.WEEKDAYS:
            yield day, cells.day_hours
        yield "closed", cells.closures
        yield "exceptional", cells.exceptions
        if self.period:
            for name in own_data.OF_YEAR:
                yield name, partial(cells.period_day, period=self.period)
        yield "phone", partial(cells.text, longest=40, required=False)
        yield "email", cells.email
        yield "website", cells.website
        yield "poster_text", partial(cells.text, longest=LONGEST_POSTER_TEXT, required=False)

    def _clean_nights(self) -> None:
        """Days that are right by themselves may still overlap in the night: said at the day it begins."""
        if any(day in self.errors for day in hours.WEEKDAYS):
            return
        night = cells.check_week({day: self.cleaned_data[day] for day in hours.WEEKDAYS})
        if night:
            self.add_error(night[0], ValidationError(str(night[1]), code=night[1].code))


class PlaceForm(OwnDataForm):
    """A point as Klasse edits it: everything its managers may change, and what they may not.

    `code`: whether the point still needs one, because it is new. `has_postcodes`: whether it serves any in the year.
    """

    code = forms.CharField(
        label="Code",
        help_text="Kleine letters, cijfers en streepjes, zoals bib-gent-2. De code staat in adressen van pagina's en verandert nooit.",
    )
    name = forms.CharField(label="Naam")
    kind = forms.ChoiceField(label="Soort", choices=PointKind.choices)
    street = forms.CharField(label="Straat")
    house_number = forms.CharField(label="Huisnummer")
    postcode = forms.CharField(label="Postcode", widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    municipality = forms.CharField(label="Gemeente")
    latitude = forms.CharField(
        label="Breedtegraad",
        help_text="Zoals 51.05350. Leeg: dan staat de stip in het midden van de gemeente.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    longitude = forms.CharField(
        label="Lengtegraad", help_text="Zoals 3.72250.", widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    serves = forms.CharField(
        label="Vaste postcodes",
        help_text="Wie daar woont, krijgt hier zijn kaart. Met een spatie of op een nieuwe regel.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    choice_for = forms.CharField(
        label="Keuze voor postcodes",
        help_text="Wie daar woont, mag dit afhaalpunt kiezen in plaats van het vaste.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, period: tuple[dt.date, dt.date] | None, needs_code: bool, has_postcodes: bool, **more: Any
    ) -> None:
        super().__init__(*args, period=period, **more)
        self.fields["closed"].help_text = "Elk op een regel: 25/12/2026 of 28/12/2026 t/m 02/01/2027."
        self.fields[
            "exceptional"
        ].help_text = "Andere uren op één dag, ook op een sluitingsdag: 29/12/2026: 10:00-14:00."
        self.fields["poster_text"].label = "Eigen zin op de affiche"
        if not needs_code:
            del self.fields["code"]
        if not has_postcodes:
            for name in place_data.POSTCODES:
                del self.fields[name]

    @property
    def place(self) -> PlaceData:
        """What was typed, in the form in which it is kept; only of a form that is valid."""
        read = self.cleaned_data
        serves = read.get("serves", ())
        return PlaceData(
            **{name: read[name] for name in place_data.OF_PLACE},
            serves=serves,
            choice_for=tuple(one for one in read.get("choice_for", ()) if one not in serves),
            own=self.wanted,
        )

    def clean(self) -> dict[str, Any]:
        super().clean()
        degrees = [self.cleaned_data.get(name, 0.0) for name in ("latitude", "longitude")]
        if (degrees[0] is None) != (degrees[1] is None):
            self.add_error("latitude", ValidationError("Vul ze allebei in, of geen van beide.", code="missing_value"))
        return self.cleaned_data

    def _readers(self) -> Iterator[tuple[str, Callable[[str], Any]]]:
        if "code" in self.fields:
            yield "code", _new_code
        yield "name", partial(cells.text, longest=200)
        yield "kind", cells.kind
        yield "street", partial(cells.text, longest=200)
        yield "house_number", partial(cells.text, longest=20, required=False)
        yield "postcode", cells.postcode
        yield "municipality", partial(cells.text, longest=80)
        yield "latitude", partial(cells.degrees, bounds=cells.LATITUDES)
        yield "longitude", partial(cells.degrees, bounds=cells.LONGITUDES)
        for name in place_data.POSTCODES:
            if name in self.fields:
                yield name, cells.postcode_list
        yield from super()._readers()


def _new_code(typed_code: str) -> str:
    code = cells.code(typed_code)
    if code in RESERVED_CODES:
        raise cells.Wrong("bad_value", "Dit woord staat al in het adres van een andere pagina. Kies een andere code.")
    return code


def typed_place(data: PlaceData) -> dict[str, str]:
    """A point as people would type it."""
    degrees = {name: f"{value:.5f}" if (value := getattr(data, name)) is not None else "" for name in DEGREES}
    return (
        {name: getattr(data, name) for name in place_data.OF_PLACE}
        | degrees
        | {name: " ".join(getattr(data, name)) for name in place_data.POSTCODES}
        | typed(data.own)
    )


def typed(data: OwnData) -> dict[str, str]:
    """Own data as people would type them: one dated line under the other, days first."""
    try:
        closed = [
            f"{first:%d/%m/%Y}" if first == last else f"{first:%d/%m/%Y} t/m {last:%d/%m/%Y}"
            for first, last in hours.read_closures(data.closed)
        ]
        exceptional = [
            f"{day:%d/%m/%Y}: {hours.write(intervals)}"
            for day, intervals in hours.read_exceptions(data.exceptional).items()
        ]
    except hours.HoursError:
        # Written past the import: shown as it is, to be mended here.
        closed, exceptional = [data.closed], [data.exceptional]
    return {day: data.hours.get(day, "") for day in hours.WEEKDAYS} | {
        "closed": "\n".join(closed),
        "exceptional": "\n".join(exceptional),
        "collect_from": data.collect_from.isoformat() if data.collect_from else "",
        "collect_until": data.collect_until.isoformat() if data.collect_until else "",
        **{name: getattr(data, name) for name in ("phone", "email", "website", "poster_text")},
    }
