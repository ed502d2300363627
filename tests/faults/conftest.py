"""Faults are thrown on PostgreSQL: that is what runs in production. On SQLite only what says so, with a file of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pickup_points.models import User
from tests.conftest import leave_out
from tests.distribution import office_year
from tests.faults.site import Site
from tests.faults.table import IS_WHOLE, Line

HERE = Path(__file__).parent
PASSED = pytest.StashKey[bool]()
Fault = Callable[[str, str], Line]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker("faults")
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") and ours:
        leave_out(config, items, ours)
    elif not IS_WHOLE:
        leave_out(config, items, [item for item in ours if any(item.iter_markers("slow_fault"))])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.stash[PASSED] = report.passed  # type: ignore[attr-defined]
    return report


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Iterator[Fault]:
    """`line = fault("F1", "what is done")`: the line of this test in docs/faults.md."""
    lines: list[Line] = []

    def throw(ids: str, injection: str) -> Line:
        lines.append(Line(ids, injection))
        return lines[-1]

    yield throw
    for line in lines:
        line.end(is_held=request.node.stash.get(PASSED, False))


@pytest.fixture
def kim(transactional_db: None) -> User:
    """Someone of Klasse whom other processes see as well."""
    return office_year.klasse()


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """Our processes against the database of this test and a Redis of their own; killed afterwards."""
    with Site.beside_the_test(tmp_path) as made:
        yield made
