"""The pickup lists: rows a second on one core, beside ReportLab's canvas; and all lists of a year with two processes."""

import io
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.harness import Figure, median_seconds
from bench.year_population import PERSON
from distribution.actions import years
from distribution.documents import pdf, pickup_list
from distribution.models import Card, CardYear, Person, bulk
from distribution.queries.pickup_lists import Sheet
from distribution.rules import card_number, name_order
from pickup_points.models import PickupPoint, PointYear
from tests.pickup_sheets import FIRST, LAST, lines, sheet

TITLE = "Pickup lists"
SIZES = (222_000,)
YEAR = 2027
POINTS = 350
# Of the people, those whose card lies at a point: 177,500 of 222,000.
AT_A_POINT = 0.8
LENGTHS = (500, 2_000, 12_000)
MEASURE_PEAK = """
import django, resource
django.setup()
from tests.pickup_sheets import lines, render, sheet
render(sheet(lines(12_000)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def figures(people: int) -> Iterable[Figure]:
    """The print version at three lengths, its memory, and a whole year."""
    pickup_list.render(sheet(lines(30)), office_email=settings.OFFICE_EMAIL)
    _canvas(sheet(lines(30)))
    speed: dict[int, float] = {}
    for length in LENGTHS:
        made = sheet(lines(length))
        took = median_seconds(partial(pickup_list.render, made, office_email=settings.OFFICE_EMAIL))
        limit = median_seconds(partial(_canvas, made))
        speed[length] = length / took
        yield Figure(f"{length} rows, tagged PDF", speed[length], "rows/s", goal=1_800.0, better="higher")
        yield Figure(
            f"{length} rows, beside the canvas",
            speed[length],
            "rows/s",
            limit=length / limit,
            limit_name="ReportLab canvas",
            goal=1 / 8,
            better="higher",
        )
    yield Figure(
        "cost of a row of 12 000",
        1e6 / speed[12_000],
        "µs",
        limit=1e6 / speed[500],
        limit_name="a row of 500",
        goal=1.15,
    )
    peak = subprocess.run([sys.executable, "-c", MEASURE_PEAK], capture_output=True, text=True, check=True).stdout
    yield Figure("peak memory of a process, 12 000 rows", float(peak), "MB", goal=300.0)
    yield from _whole_year(round(people * AT_A_POINT))


def _whole_year(cards: int) -> Iterable[Figure]:
    fill(cards)
    with tempfile.TemporaryDirectory() as folder:
        answer = io.StringIO()
        call_command("pickup_lists", str(YEAR), "--out", folder, "--workers", "2", "--json", stdout=answer)
        answered = json.loads(answer.getvalue())
        assert (answered["written"], answered["failed"]) == (POINTS, [])
        megabytes = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        again = io.StringIO()
        call_command("pickup_lists", str(YEAR), "--out", folder, "--workers", "2", "--json", stdout=again)
    yield Figure(
        f"all {answered['lists']} lists, {answered['rows']} rows, two processes", answered["seconds"], "s", goal=75.0
    )
    yield Figure("the same command again: everything kept", json.loads(again.getvalue())["seconds"], "s")
    yield Figure("all lists on the disk", megabytes, "MB")
    yield Figure(
        "peak memory of one drawing process",
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "MB",
        goal=300.0,
    )


def _canvas(made: Sheet) -> bytes:
    """The limit: the same rows, rules, boxes and letters with ReportLab's canvas; no tags, no codes, no sheet."""
    if "Body" not in pdfmetrics.getRegisteredFontNames():
        for name, (_, path) in zip(("Body", "Head"), pdf.FACES, strict=True):
            pdfmetrics.registerFont(TTFont(name, str(path)))
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4)
    for start in range(0, len(made.lines), 28):
        y = 260 * mm
        for number, line in enumerate(made.lines[start : start + 28], start + 1):
            canvas.setFont("Body", 9)
            canvas.drawRightString(28 * mm, y, str(number))
            canvas.setFont("Head", 10.5)
            canvas.drawString(31 * mm, y, line.last_name)
            width = canvas.stringWidth(line.last_name, "Head", 10.5)
            canvas.setFont("Body", 10.5)
            canvas.drawString(31 * mm + width + 3, y, line.first_name)
            canvas.drawString(111 * mm, y, line.last_four)
            canvas.line(18 * mm, y - 8, 198 * mm, y - 8)
            canvas.rect(188 * mm, y - 3, 13, 13)
            y -= 8.4 * mm
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def fill(cards: int) -> None:
    """A year with so many cards over the points, the largest ten times the smallest."""
    now = timezone.now()
    year = years.open_year(YEAR, at=now)
    CardYear.objects.filter(pk=year.pk).update(last_run_at=now, reference_date=now.date())
    points = PickupPoint.objects.bulk_create(
        PickupPoint(
            code=f"bib-{number}", name=f"Bibliotheek {number}", kind="bibliotheek", street="Kerkstraat",
            house_number="1", postcode="9000", municipality="Gent",
        )
        for number in range(POINTS)
    )  # fmt: skip
    PointYear.objects.bulk_create(PointYear(point=point, year=YEAR) for point in points)
    weights = [1 + 9 * number / POINTS for number in range(POINTS)]
    at = [point.pk for point, weight in zip(points, weights, strict=True) for _ in range(round(weight * 100))]
    names = [(f"{last}{chr(97 + turn)}", first) for turn in range(20) for last in LAST for first in FIRST]
    people = (
        (number, year.pk, f"2{number:010d}", last, first, "", "", "", "9000", "Gent", "BE",
         name_order.sort_key(last, first), False)
        for number in range(1, cards + 1)
        for last, first in [names[number * 7919 % len(names)]]
    )  # fmt: skip
    bulk.load(
        bulk.table(Person),
        PERSON,
        people,
    )
    rows = (
        (year.pk, number, card_number.make(YEAR, number), "pickup", "issued", at[number * 104_729 % len(at)],
         "by_residence", "lager", "bestuur_onderwijzend", "", "")
        for number in range(1, cards + 1)
    )  # fmt: skip
    bulk.load(
        bulk.table(Card),
        [
            "card_year_id",
            "person_id",
            "number",
            "channel",
            "state",
            "pickup_point_id",
            "assigned_by",
            "level",
            "category",
            "nis",
            "province",
        ],
        rows,
    )
