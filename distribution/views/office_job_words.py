"""What the office reads about work: how far it is, what came of it in words, and where to go on."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from distribution.actions import working
from distribution.enums import JobKind, JobState
from distribution.models import Job
from distribution.rules import remaining
from distribution.views import office_file_words
from pickup_points import hours

LABELS = {
    "accepted": "Goede rijen",
    "batch": "Reeks",
    "cards": "Kaarten",
    "changed": "gewijzigd",
    "changes": "Veranderingen",
    "counts": "Verschil",
    "entitled": "Recht op een kaart",
    "existing": "bestaand",
    "failed": "Mislukt",
    "files": "Bestanden",
    "left": "vertrokken",
    "lists": "Lijsten",
    "new": "nieuw",
    "pages": "Bladzijden",
    "people": "Mensen",
    "points": "Afhaalpunten",
    "rejected": "Afgekeurde rijen",
    "rows": "Rijen",
    "seconds": "Seconden",
    "sent": "Verstuurd",
    "unchanged": "ongewijzigd",
    "warnings": "Waarschuwingen",
    "withdrawn": "ingetrokken",
}
# What was chosen when the work was asked for; the rest of the options is for the work itself.
CHOSEN = {
    "dry_run": "Proef, die niets verandert",
    "cards": "Kaarten om te bevriezen",
    "batch": "Drukreeks",
    "box_size": "Kaarten per doos",
    "reference_date": "Peildatum",
    "since": "Enkel wie erbij kwam sinds revisie",
    "mailing_on": "Startersmailing",
    "format": "Bestandsvorm",
    "title": "Waarvoor",
}
# The page of a year on which this kind of work has its place.
PAGES = {
    JobKind.RUN: ("office-year-run", "Naar het toekennen"),
    JobKind.FREEZE: ("office-year-freeze", "Naar het bevriezen"),
    JobKind.PRINT: ("office-year-print", "Naar het drukwerk"),
    JobKind.LISTS: ("office-year-lists", "Naar de afhaallijsten"),
    JobKind.STARTERS: ("office-year-starters", "Naar de startersmailings"),
    JobKind.CHANGES: ("office-year-late", "Naar wat veranderde na het bevriezen"),
}
# Keys of rows elsewhere, for links and not for people.
SILENT = {"lines", "mailing", "job", "snapshot", "file"}
TONES = {
    JobState.PROPOSED: "care",
    JobState.WAITING: "",
    JobState.RUNNING: "",
    JobState.DONE: "good",
    JobState.REFUSED: "care",
    JobState.FAILED: "alarm",
    JobState.CALLED_OFF: "",
}
SIGNS = {"good": "✓", "care": "!", "alarm": "!", "": "i"}


# Their progress counts rows that were read; comparing takes as long again, so it says nothing about the time left.
READS_FIRST = {JobKind.LOOK, JobKind.APPLY}


@dataclass(frozen=True)
class Live:
    """How far open work is, in numbers and in words."""

    job: Job
    done: int
    total: int
    words: str
    left: str

    @property
    def has_end(self) -> bool:
        """False when the bar cannot say how far it is: before the first count, and after the last."""
        return self.done < self.total

    @property
    def is_moving(self) -> bool:
        """True while nobody has to do anything: a page may wait for it."""
        return self.job.state != JobState.PROPOSED

    @property
    def has_not_begun(self) -> bool:
        return self.job.state == JobState.WAITING

    @classmethod
    def of(cls, job: Job, *, at: dt.datetime) -> "Live":
        done, total = working.how_far(job)
        left = None
        if job.state == JobState.RUNNING and job.started_at and job.kind not in READS_FIRST:
            left = remaining.estimate(done=done, total=total, elapsed=at - job.started_at)
        return cls(job, done, total, _how_far(job, done, total), remaining.in_words(left) if left else "")


def _how_far(job: Job, done: int, total: int) -> str:
    if not total or job.state != JobState.RUNNING:
        return str(job.get_state_display()).capitalize()
    if job.kind in READS_FIRST:
        if done >= total:
            return "Alles gelezen; nu vergelijken met wat we kennen"
        return f"{_number(done)} van {_number(total)} rijen gelezen"
    return f"{_number(done)} van {_number(total)}, {100 * done // total} %"


def chosen(options: dict[str, Any]) -> list[tuple[str, str]]:
    """What was asked for, as labels and values: what a second pair of eyes agrees to."""
    return [(label, _value(_date_or_same(options[key]))) for key, label in CHOSEN.items() if options.get(key)]


def _date_or_same(value: Any) -> Any:
    try:
        return hours.long_date(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return value


def lines(result: dict[str, Any]) -> list[tuple[str, str]]:
    """The outcome as labels and values: those the work chose itself, otherwise every count there is."""
    if "lines" in result:
        return [(str(label), _value(value)) for label, value in result["lines"]]
    return [
        (LABELS.get(key, key.replace("_", " ").capitalize()), _value(value))
        for key, value in result.items()
        if key not in SILENT and value not in ({}, [], "")
    ]


@dataclass(frozen=True)
class Next:
    """Where to go on from a piece of work."""

    url: str
    words: str


def onward(job: Job) -> Next | None:
    """The page on which this work has its place."""
    year = f"?jaar={job.card_year.year}" if job.card_year else ""
    if job.upload_id:
        return Next(reverse("distribution:office-file", args=[job.upload_id]), "Naar het bestand")
    if job.kind == JobKind.MAILING and "mailing" in job.result:
        return Next(reverse("distribution:office-mailing", args=[job.result["mailing"]]), "Naar de mail")
    if job.kind == JobKind.FIGURES and "snapshot" in job.result:
        page = reverse("distribution:office-figures-snapshot", args=[job.result["snapshot"]])
        return Next(page, "Naar de cijfers zoals meegedeeld")
    if job.card_year and job.kind in PAGES:
        name, words = PAGES[JobKind(job.kind)]
        return Next(reverse(f"distribution:{name}", args=[job.card_year.year]), words)
    if job.card_year:
        return Next(reverse("distribution:office") + year, f"Naar het jaar {job.card_year.year}")
    return None


def _value(value: Any) -> str:
    if value is None:
        return "niet geteld"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int):
        return _number(value)
    if isinstance(value, dict):
        return ", ".join(f"{_value(number)} {_small(key)}" for key, number in value.items())
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return str(value)


def _small(key: str) -> str:
    """A label inside a sentence."""
    return LABELS[key].lower() if key in LABELS else office_file_words.label(office_file_words.WARNINGS, key)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
