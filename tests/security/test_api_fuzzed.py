"""P22: schemathesis on the document the API publishes, against the real processes. Only in `make test-security`."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security import walk
from tests.security.measured import Attack
from tests.security.walk import Site

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".venv-security" / "bin" / "schemathesis"
pytestmark = pytest.mark.full_attack
# What an answer must keep to. Left aside: whether a program may send more than the document says, which is ours to refuse.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"
EXAMPLES, SECONDS = 15, 45


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with walk.running(tmp_path_factory.mktemp("fuzzed"), LOOKUP_LIMITS="off") as made:
        made.manage("demo", "--people", "300")
        yield made


@pytest.mark.parametrize("who", ["nobody", "desk", "office"])
def test_p22_no_question_to_the_api_breaks_it(who: str, site: Site) -> None:
    attack = Attack("P22", f"schemathesis op de API als {who}")
    headers = [] if who == "nobody" else ["-H", f"Authorization: Token {token(site, who)}"]
    done = subprocess.run(
        [
            PROGRAM, "run", f"{site.url}/api/v1/schema/", "-c", CHECKS, "--continue-on-failure", "-n", str(EXAMPLES),
            "--max-time", str(SECONDS), "--seed", "1", "--generation-database", "none", "--no-color",
            "--no-shrink",
            "--request-timeout",
            "30",
            "--warnings", "off", *headers,
        ],
        cwd=site.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * SECONDS,
    )  # fmt: skip
    asked = re.search(r"([\d,]+) generated", done.stdout)
    failures = re.findall(r"^- (.+)$", done.stdout, re.MULTILINE)
    attack.came_to(
        f"{asked[1] if asked else '?'} vragen, {len(failures)} afwijkingen, 0 keer 500"
        if not failures
        else f"{failures[:4]}",
        limit="0",
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    logs = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in site.logs.iterdir())
    assert "Internal Server Error" not in logs


def token(site: Site, who: str) -> str:
    [(code,)] = site.ask("SELECT code FROM pickup_points_pickuppoint ORDER BY id LIMIT 1")
    role = ["--office"] if who == "office" else ["--manager", str(code)]
    told = json.loads(site.manage("add_user", f"{who}@klasse.voorbeeld.be", *role, "--token", "--json"))
    return str(told["token"])
