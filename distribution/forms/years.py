"""What Klasse types about a year: checked here, saved by an action."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from distribution.rules.eligibility import CATEGORIES, LEVELS
from distribution.rules.year_rules import FIRST_CARD_YEAR, YEARS_AHEAD, Dates, Kind, YearRules, usual_dates

MOST_MAILINGS = 5
LONGEST_CODE, LONGEST_MEANING = 10, 120
# Nobody has more excluding codes; a longer list was not typed by hand.
MOST_CODES = 60


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Vul een datum in.", "invalid": "Dit is geen datum."},
    )


class DatesForm(forms.Form):
    """The days of a year. They lie in the year itself, or in the half year before it."""

    lookup_from = day_field("Opzoeken vanaf", hint="Vanaf dan antwoordt Waar is mijn Lerarenkaart.")
    collect_from = day_field("Afhalen vanaf")
    collect_until = day_field("Afhalen tot en met")

    def __init__(self, *args: Any, year: int, mailings: int = 3, **more: Any) -> None:
        super().__init__(*args, **more)
        self.year = year
        self.label_suffix = ""
        for number in range(1, min(max(mailings, 3), MOST_MAILINGS) + 1):
            self.fields[f"mailing_{number}"] = day_field(f"Startersmailing {number}", required=False)

    @property
    def periods(self) -> list[forms.BoundField]:
        return [self[name] for name in ("lookup_from", "collect_from", "collect_until")]

    @property
    def mailing_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("mailing_")]

    def clean(self) -> dict[str, Any]:
        read = self.cleaned_data
        first, last = dt.date(self.year - 1, 7, 1), dt.date(self.year, 12, 31)
        for name in ("lookup_from", "collect_from", "collect_until"):
            day = read.get(name)
            if day and not first <= day <= last:
                self.add_error(name, f"Kies een dag tussen 1 juli {self.year - 1} en 31 december {self.year}.")
        last_day = read.get("collect_until")
        for name, sentence in (
            ("collect_from", "De eerste afhaaldag ligt na de laatste."),
            ("lookup_from", "Opzoeken begint na de laatste afhaaldag."),
        ):
            if last_day and (day := read.get(name)) and day > last_day:
                self.add_error(name, sentence)
        self._check_mailings()
        return read

    def _check_mailings(self) -> None:
        seen: set[dt.date] = set()
        names = [field.name for field in self.mailing_fields]
        for name in names:
            day = self.cleaned_data.get(name)
            if day is None:
                continue
            if day.year != self.year:
                self.add_error(name, f"Kies een dag in {self.year}.")
            if day in seen:
                self.add_error(name, "Deze dag staat er al.")
            seen.add(day)
        if not seen and not any(name in self.errors for name in names):
            self.add_error(
                names[0], "Kies minstens één dag: na de laatste mailing krijgt niemand nog een nieuwe kaart."
            )

    @property
    def dates(self) -> Dates:
        """What was typed; only of a form that is valid."""
        read = self.cleaned_data
        days = {read[field.name] for field in self.mailing_fields if read[field.name]}
        return Dates(read["lookup_from"], read["collect_from"], read["collect_until"], tuple(sorted(days)))


class OpenYearForm(DatesForm):
    """A new card year, with the days it usually has filled in."""

    def __init__(self, *args: Any, year: int, **more: Any) -> None:
        super().__init__(*args, year=year, initial=_initial(usual_dates(year)), **more)


class RulesForm(DatesForm):
    """Everything that holds in a year. The grid and the codes are read from what was sent as it stands."""

    falls_back_on_school = forms.BooleanField(
        label="Wie thuis geen afhaalpunt heeft, krijgt dat van de school",
        help_text="Staat dit uit, dan komt zo iemand meteen op de lijst waarover Klasse beslist.",
        required=False,
    )

    def __init__(self, *args: Any, rules: YearRules, year: int, **more: Any) -> None:
        room = len(rules.starter_mailings) + 1
        initial = _initial(rules) | {"falls_back_on_school": rules.falls_back_on_school}
        super().__init__(*args, year=year, mailings=room, initial=initial, **more)
        self.rules = rules
        self.code_errors: dict[int, str] = {}

    @property
    def ticked(self) -> frozenset[Kind]:
        """The kinds that are ticked now: as typed, or as they are."""
        if not self.is_bound:
            return self.rules.entitled
        sent = set(self._sent("recht"))
        return frozenset(
            (level, category) for level in LEVELS for category in CATEGORIES if f"{level}:{category}" in sent
        )

    @property
    def code_rows(self) -> list[tuple[int, str, str, bool, str]]:
        """Each code with its meaning, whether it goes, and what is wrong with it; at the end room for two more."""
        if not self.is_bound:
            rows = [(code, meaning, False) for code, meaning in sorted(self.rules.codes.items())] + [
                ("", "", False)
            ] * 2
        else:
            gone = set(self._sent("weg"))
            typed = zip(self._sent("code"), self._sent("betekenis"), strict=False)
            rows = [(code, meaning, str(place) in gone) for place, (code, meaning) in enumerate(typed)]
        return [(place, *row, self.code_errors.get(place, "")) for place, row in enumerate(rows[:MOST_CODES])]

    def clean(self) -> dict[str, Any]:
        read = super().clean()
        codes: dict[str, str] = {}
        for place, code, meaning, is_gone, _ in self.code_rows:
            name, text = "".join(code.split()).upper(), " ".join(meaning.split())
            if is_gone or not (name or text):
                continue
            if wrong := _wrong_code(name, text, known=codes):
                self.code_errors[place] = wrong
            codes[name] = text
        read["codes"] = codes
        if self.code_errors:
            raise ValidationError("Kijk de dienstonderbrekingen na.")
        if not self.ticked:
            raise ValidationError("Zo krijgt niemand een kaart. Vink aan wie er recht op heeft.")
        return read

    @property
    def wanted(self) -> YearRules:
        """What was typed; only of a form that is valid."""
        dates = self.dates
        return YearRules(
            lookup_from=dates.lookup_from,
            collect_from=dates.collect_from,
            collect_until=dates.collect_until,
            starter_mailings=dates.starter_mailings,
            falls_back_on_school=self.cleaned_data["falls_back_on_school"],
            entitled=self.ticked,
            codes=self.cleaned_data["codes"],
        )

    def _sent(self, name: str) -> list[str]:
        sent: list[str] = self.data.getlist(name) if hasattr(self.data, "getlist") else []
        return sent


class ReferenceDateForm(forms.Form):
    """On which day people are judged."""

    reference_date = day_field("Peildatum", hint="Wie op deze dag recht heeft, krijgt een kaart.")

    def __init__(self, *args: Any, year: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.year = year
        self.label_suffix = ""

    def clean_reference_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["reference_date"]
        if not dt.date(self.year - 1, 1, 1) <= day <= dt.date(self.year, 12, 31):
            raise ValidationError(f"Kies een dag in {self.year - 1} of {self.year}.")
        return day


def new_years(*, on: dt.date, opened: Iterator[int]) -> list[int]:
    """The years that may be opened, the most likely first."""
    known = set(opened)
    first = max(known) + 1 if known else on.year + 1
    others = [year for year in range(on.year, on.year + 3) if year not in known and year != first]
    return [year for year in [first, *others] if FIRST_CARD_YEAR <= year <= on.year + YEARS_AHEAD]


def _initial(dates: Dates | YearRules) -> dict[str, Any]:
    days = {f"mailing_{number}": day for number, day in enumerate(dates.starter_mailings, start=1)}
    return {
        "lookup_from": dates.lookup_from,
        "collect_from": dates.collect_from,
        "collect_until": dates.collect_until,
    } | days


def _wrong_code(code: str, meaning: str, *, known: Mapping[str, str]) -> str:
    if not code:
        return "Vul de code in, of haal de betekenis weg."
    if not code.isascii() or not code.isalnum() or len(code) > LONGEST_CODE:
        return f"Een code heeft hoogstens {LONGEST_CODE} letters of cijfers."
    if not meaning or len(meaning) > LONGEST_MEANING:
        return f"Zeg wat de code betekent, in hoogstens {LONGEST_MEANING} tekens."
    return "Deze code staat er al." if code in known else ""
