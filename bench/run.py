"""`make bench`: every benchmark on SQLite and on a private PostgreSQL, into bench/RESULTS.md.

Arguments: sizes in people (default: all a benchmark names), names of benchmarks, SQLite or PostgreSQL;
with any of these only that is measured and shown, and RESULTS.md stays as it is.
"""

import datetime as dt
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import django

from bench.harness import Figure
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "RESULTS.md"
BENCHES = (
    *("imports", "year_run", "whole_year", "pickup_lists", "two_workers", "lookup", "web_servers", "desk", "season"),
    *("figures", "growth", "reconciliation"),
)
DATABASES = ("SQLite", "PostgreSQL")
SIZES = (22_000, 222_000, 2_220_000)
TIMEOUT = 1800
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "lerarenkaart.settings",
    "SECRET_KEY": "een-sleutel-om-te-meten-en-nergens-anders",
    "EMAIL_URL": "memorymail://",
    "LOOKUP_LIMITS": "off",
    "DEBUG": "off",
}


def main(arguments: list[str]) -> int:
    names = [word for word in arguments if word in BENCHES]
    databases = [word for word in arguments if word in DATABASES]
    sizes = [int(word) for word in arguments if word.isdigit()]
    sections: list[str] = []
    missed = 0
    with ExitStack() as stack:
        # A benchmark says its title and sizes beside the code it measures, and that wants settings to be there.
        own = stack.enter_context(tempfile.TemporaryDirectory(prefix="lerarenkaart-bench-"))
        os.environ |= SETTINGS | {"VAR_DIR": own}
        django.setup()
        postgres = stack.enter_context(servers.postgres())
        redis = stack.enter_context(servers.redis())
        for name in names or BENCHES:
            module = importlib.import_module(f"bench.{name}")
            sections += [f"## {module.TITLE}", ""]
            for database in databases or getattr(module, "DATABASES", DATABASES):
                for people in sizes or getattr(module, "SIZES", SIZES):
                    figures = _measure(name, people, {"SQLite": "", "PostgreSQL": postgres}[database], redis)
                    missed += sum(figure.is_met is False for figure in figures)
                    section = _section(database, people, figures, unit=getattr(module, "UNIT", "people"))
                    print("\n".join(section), flush=True)
                    sections += section
                    if not arguments:
                        RESULTS.write_text("\n".join([*_head(), *sections]), encoding="utf-8")
    print(f"{missed} doelen niet gehaald" if missed else "alle doelen gehaald")
    return 0


def _measure(name: str, people: int, database: str, redis: str) -> list[Figure]:
    """The figures of one benchmark in a fresh process on an empty, migrated database."""
    folder = Path(tempfile.mkdtemp(prefix="lerarenkaart-bench-"))
    environment = (
        os.environ
        | SETTINGS
        | {
            "DATABASE_URL": database or f"sqlite:///{folder / 'bench.sqlite3'}",
            "REDIS_URL": redis if database else "",
            "VAR_DIR": str(folder),
        }
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.one", name, str(people)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            timeout=TIMEOUT,
            check=True,
            text=True,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [Figure(**figure) for figure in json.loads(done.stdout.splitlines()[-1])]


def _head() -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        "# Speed",
        "",
        "Written by `make bench`. Each figure is a ratio to a limit measured in the same run on the same machine; such",
        "machines are shared and noisy, so the ratios count and the seconds are for scale.",
        "",
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}.",
        "",
    ]


def _section(database: str, people: int, figures: list[Figure], *, unit: str) -> list[str]:
    thousands = f"{people:,}".replace(",", "\u202f")
    rows = [
        f"### {database}, {thousands} {unit}",
        "",
        "| figure | value | limit | ratio | goal | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for figure in figures:
        limit = f"{_number(figure.limit)} {figure.unit} ({figure.limit_name})" if figure.limit else ""
        sign = "≤" if figure.better == "lower" else "≥"
        goal = "" if figure.goal is None else f"{sign} {_number(figure.goal)}"
        ratio = "" if figure.ratio is None else _number(figure.ratio)
        verdict = {None: "", True: "met", False: "**missed**"}[figure.is_met]
        rows.append(
            f"| {figure.name} | {_number(figure.value)} {figure.unit} | {limit} | {ratio} | {goal} | {verdict} |"
        )
    return [*rows, ""]


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f") if value >= 100 else f"{value:.3g}"


def as_json(figures: list[Figure]) -> str:
    return json.dumps([asdict(figure) for figure in figures])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
