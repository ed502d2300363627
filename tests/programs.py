"""Our programs in a process of their own: what only shows with real settings, real signals or a real broker."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = {"DATABASE_URL", "REDIS_URL", "VAR_DIR", "STATIC_ROOT", "SECRET_KEY", "DEBUG", "EMAIL_URL", "SITE_URL"} | {
    "DJANGO_ALLOW_ASYNC_UNSAFE"
}
PATIENCE = 60.0


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of a fresh installation in `folder`, plus what is given."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    fresh = {
        "SECRET_KEY": "een-lange-geheime-sleutel-voor-een-los-proces-van-de-proeven-1",
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "lerarenkaart.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    return inherited | fresh | variables


def python(code: str, *, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a few lines; what they print is in `stdout`."""
    return _run([sys.executable, "-c", code], env)


def manage(*arguments: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return _run([sys.executable, str(ROOT / "manage.py"), *arguments], env)


def wait_until(happened: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    """True as soon as it happened, False when it did not in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.05)
    return happened()


def _run(command: list[str], env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=2 * PATIENCE)
