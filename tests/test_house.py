"""The house checks itself: format, types, layers, templates, migrations."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
CODE = ["lerarenkaart", "distribution", "pickup_points", "tests", "bench", "manage.py"]

pytestmark = pytest.mark.house


def _passes(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    _passes("ruff", "check", "--no-cache", *CODE)


def test_code_is_formatted() -> None:
    _passes("ruff", "format", "--check", "--no-cache", *CODE)


def test_types_are_strict() -> None:
    _passes("mypy", "lerarenkaart", "distribution", "pickup_points", "tests")


def test_layers_hold() -> None:
    # In a process of its own: it silences every logger of the one it runs in.
    done = subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_templates_are_clean() -> None:
    _passes("djlint", "templates", "--lint", "--quiet")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
