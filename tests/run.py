"""`make test`: everything, on SQLite without a broker and then on a private PostgreSQL and Redis.

Extra arguments go to pytest; `--sqlite` or `--postgres` runs one half.
"""

import os
import subprocess
import sys

from tests import servers

PYTEST = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadscope"]


def main(arguments: list[str]) -> int:
    halves = [name for name in ("--sqlite", "--postgres") if name in arguments] or ["--sqlite", "--postgres"]
    rest = [argument for argument in arguments if argument not in {"--sqlite", "--postgres"}]
    failed = 0
    if "--sqlite" in halves:
        print("== SQLite, zonder broker", flush=True)  # noqa: T201
        failed |= subprocess.run([*PYTEST, *rest], env=_environment(), check=False).returncode
    if "--postgres" in halves:
        print("== PostgreSQL en Redis", flush=True)  # noqa: T201
        with servers.postgres() as database, servers.redis() as broker:
            environment = _environment() | {"DATABASE_URL": database, "REDIS_URL": broker}
            # The code itself and the pages are the same on both: checked once, above.
            once = ["-m", "not house and not browser"] if len(halves) == 2 else []
            failed |= subprocess.run([*PYTEST, *once, *rest], env=environment, check=False).returncode
    return failed


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "VAR_DIR"}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
