"""P20, T21: versions under which a hole is open, hashes for everything, secrets in the repository, what linters may overlook."""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.version import Version

from tests.security.measured import Attack

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "security/requirements.txt")
PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE | re.IGNORECASE)
FLOOR = re.compile(r"^([a-z0-9._-]+)>=(\S+)\s+(\S.*)$")
# What a secret looks like, whoever gives it out.
SECRET = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abprs]-[A-Za-z0-9-]{10,}\b|\bsk_live_[A-Za-z0-9]{16,}\b"
    r"|\bglpat-[A-Za-z0-9_-]{20}\b|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
    r"|(?:postgres(?:ql)?|redis|smtp|https?)://[^\s:/@{}$\"'<>]+:[^\s@/{}$\"'<>]{8,}@"
    r"|\b(?:SECRET_KEY|PASSWORD|API_KEY|CLIENT_SECRET)\s*[:=]\s*[\"']?(?=[A-Za-z0-9+/_-]*[0-9])(?=[A-Za-z0-9+/_-]*[a-z])"
    r"[A-Za-z0-9+/_-]{32,}"
)
# Secrets of tests, in sentences: they say what they are for.
WORDS = re.compile(r"voor-de-proef|voor-een-los-proces|fictief|voorbeeld|WACHTWOORD")
# What bandit may find, where, and why it stays. B608: sets in SQL written by hand; only names of our own tables and
# constants are put in, values are parameters (pyproject.toml says the same to ruff).
BANDIT = {
    "B608": ("distribution/actions/", "distribution/queries/", "distribution/models/bulk.py", "lerarenkaart/fictitious/hand_overs.py"),
    # Stands where an address would, so that none is kept; nothing listens on it.
    "B104": ("lerarenkaart/accounts/adapters.py",),
    # A fixed name of a column, in a list of our own.
    "B610": ("distribution/queries/subject_access.py",),
    # Read after a look that refuses document types, and of limited size.
    "B314": ("pickup_points/tables/workbook.py",),
}  # fmt: skip


def pins(lock: str) -> dict[str, Version]:
    found = PINNED.findall((ROOT / lock).read_text(encoding="utf-8"))
    return {name.lower(): Version(version.rstrip("\\").strip()) for name, version in found}


def floors() -> dict[str, Version]:
    lines = (ROOT / "security" / "floors.txt").read_text(encoding="utf-8").splitlines()
    matches = [FLOOR.match(line) for line in lines if line and not line.startswith("#")]
    assert all(matches), "a floor is a package, a version and a reason"
    return {match[1]: Version(match[2]) for match in matches if match}


def test_t21_nothing_is_below_its_floor() -> None:
    below = [
        f"{lock}: {name} {pins(lock)[name]} < {floor}"
        for lock in LOCKS
        for name, floor in floors().items()
        if name in pins(lock) and pins(lock)[name] < floor
    ]
    locked = {name for lock in LOCKS for name in pins(lock)}
    Attack("T21", "gekende lekken: versies onder de vloer").came_to(
        f"{len(below)} van {len(floors())} onder de vloer; {len(locked)} pakketten vastgezet", limit="0"
    )

    assert below == []
    # A floor for something we do not have would never be looked at.
    assert set(floors()) - locked == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_t21_everything_is_pinned_with_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=[a-z])", text, flags=re.IGNORECASE) if PINNED.match(entry)]

    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    loose = [line for line in text.splitlines() if re.match(r"^[a-z][^=]*$", line, re.IGNORECASE)]
    assert loose == []


def tracked() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".ttf", ".pdf", ".xlsx", ".ods", ".xls", ".woff2"}:
            yield name, path.read_text(encoding="utf-8", errors="replace")


def secrets_in(text: str) -> list[str]:
    return [match[0][:60] for match in SECRET.finditer(text) if not WORDS.search(match[0])]


def test_p20_no_secret_is_in_the_repository() -> None:
    files = list(tracked())
    found = [f"{name}: {secret}" for name, text in files for secret in secrets_in(text)]
    Attack("P20", "geheimen in de bewaarde bestanden").came_to(f"{len(found)} in {len(files)} bestanden", limit="0")

    assert found == []
    assert len(files) > 500


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a1" * 18,
        "postgres://klasse:" + "kJ3hf82hfa@db/x",
        "SECRET_KEY=" + "k3" * 20,
    ],
)
def test_p20_a_planted_secret_is_found(planted: str) -> None:
    assert secrets_in(f"x = {planted} ") != []


def test_p20_every_overlooked_warning_has_its_reason() -> None:
    """`noqa: S…` stands with a word of why, and whole folders are excused in one place with the reason above them."""
    bare = [
        f"{name}: {line.strip()}"
        for name, text in tracked()
        if name.endswith(".py") and name.split("/")[0] in {"lerarenkaart", "distribution", "pickup_points"}
        for line in text.splitlines()
        if re.search(r"# noqa: S\d+(?! --)\b(?! --)", line)
    ]
    excused = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"][
        "per-file-ignores"
    ]

    assert [one for one in bare if "fictitious" not in one] == []
    assert {path for path, codes in excused.items() if "S608" in codes and not path.startswith(("tests", "bench"))} == {
        "distribution/models/bulk.py",
        "distribution/actions/*",
        "distribution/queries/*",
    }


def test_p20_values_never_get_into_a_statement_by_hand() -> None:
    """In the statements written by hand no attribute of a request, a form or a row of a file is put between the braces."""
    wrong = []
    for folder in ("distribution", "pickup_points", "lerarenkaart"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr) and is_sql(node):
                    wrong += [f"{path.name}:{node.lineno} {ast.unparse(put)}" for put in node.values if is_a_value(put)]

    assert wrong == []


def is_sql(node: ast.JoinedStr) -> bool:
    text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return bool(re.search(r"\b(?:SELECT .* FROM|INSERT INTO|UPDATE \S* ?SET|DELETE FROM|WHERE)\b", text))


def is_a_value(put: ast.AST) -> bool:
    """Something of a request, of a form or of an uploaded row."""
    names = {part.id for part in ast.walk(put) if isinstance(part, ast.Name)}
    attributes = {part.attr for part in ast.walk(put) if isinstance(part, ast.Attribute)}
    return bool(
        names & {"request", "form", "data", "row", "typed", "term"}
        or attributes & {"POST", "GET", "data", "cleaned_data", "values"}
    )


@pytest.mark.full_attack  # bandit has an environment of its own
def test_p20_bandit_finds_nothing_but_what_is_explained() -> None:
    attack = Attack("P20", "bandit over alle code, middelmatig en ernstig")
    bandit = ROOT / ".venv-security" / "bin" / "bandit"
    code = ["lerarenkaart", "distribution", "pickup_points", "manage.py"]
    done = subprocess.run([bandit, "-q", "-r", *code, "-f", "json", "-ll"], cwd=ROOT, capture_output=True, check=False)
    found = json.loads(done.stdout)["results"]
    unexplained = [
        f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}"
        for one in found
        if not one["filename"].startswith(BANDIT.get(one["test_id"], ()))
    ]
    attack.came_to(f"{len(unexplained)} zonder uitleg, {len(found)} uitgelegd", limit="0")

    assert unexplained == []
    assert found
