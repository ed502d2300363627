"""The processes start servers of their own: once is enough, beside PostgreSQL."""

from pathlib import Path

import pytest
from django.conf import settings

REAL = {"test_processes.py", "test_backup.py", "test_guarded.py"}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return
    left_out = [item for item in items if item.path.parent == HERE and item.path.name in REAL]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
