"""What a second pair of eyes sees before it agrees: how much it is about, and why two people look."""

from collections.abc import Iterable
from dataclasses import dataclass

from distribution.enums import Channel, JobKind, JobState
from distribution.models import CardYear, Job
from distribution.queries import batches, pending_changes
from distribution.views import office_job_words

MANY = "Het gaat over meer dan 1.000 mensen: zoveel gegevens gaan pas naar buiten als twee mensen het nakeken."
WHY = {
    JobKind.FREEZE: "Bevriezen kan niet ongedaan gemaakt worden: daarom kijken twee mensen het na.",
    JobKind.APPLY: "Een regel hield dit bestand tegen: het gaat er pas door als twee mensen het nakeken.",
}
Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Second:
    """`facts`: what was chosen and how much it is now, as labels and values; `why`: one sentence."""

    facts: Facts
    why: str


def look(job: Job) -> Second:
    """What is asked, in figures; where nothing was chosen it is everything that waits now."""
    return looks([job])[0]


def looks(jobs: Iterable[Job]) -> list[Second]:
    """The same of several, in their order; what is alike is counted once. Work that was done already is not counted anew."""
    known: dict[tuple[object, ...], Facts] = {}
    found = []
    for job in jobs:
        counted: Facts = []
        if job.card_year and job.state == JobState.PROPOSED:
            alike = job.kind, job.card_year_id, job.options.get("batch"), job.options.get("box_size")
            if alike not in known:
                known[alike] = _counted(job, job.card_year)
            counted = known[alike]
        found.append(Second([*office_job_words.chosen(job.options), *counted], WHY.get(JobKind(job.kind), MANY)))
    return found


def _counted(job: Job, card_year: CardYear) -> Facts:
    if job.kind == JobKind.FREEZE:
        loose = batches.loose(card_year)
        ways = [(f"Waarvan {way.label}", loose.ways[way]) for way in Channel if loose.ways[way]]
        of_points = batches.by_point(card_year, batch=None)
        return _numbers([*ways, ("Afhaalpunten", len(of_points)), ("Zonder afhaalpunt", loose.unassigned)])
    if job.kind == JobKind.PRINT:
        of_points = batches.by_point(card_year, batch=job.options.get("batch"))
        boxes = sum(-(-cards // job.options["box_size"]) for cards in of_points) if "box_size" in job.options else 0
        return _numbers(
            [("Kaarten voor afhaalpunten", sum(of_points)), ("Afhaalpunten", len(of_points)), ("Dozen", boxes)]
        )
    if job.kind == JobKind.LISTS:
        return [("Wat", "alle kaarten die nu wachten"), *_numbers([("Mensen", batches.to_fetch(card_year))])]
    if job.kind == JobKind.CHANGES:
        changes = sum(pending_changes.count(card_year).values())
        return [("Wat", "alles wat nu wacht op een beslissing"), *_numbers([("Veranderingen", changes)])]
    return []


def _numbers(counted: list[tuple[str, int]]) -> Facts:
    return [(label, f"{number:,}".replace(",", ".")) for label, number in counted]
