"""The tree checks itself: size, docstrings, documentation that is true, and nothing of the machine it was made on."""

import ast
import re
import socket
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
OURS = {"lerarenkaart", "distribution", "pickup_points"}
LONGEST_FILE = 330
LONGEST_TEST_FILE = 500  # a table of cases reads on
# Split, so that this file does not find itself.
UNFINISHED = re.compile("TO" + "DO|FIX" + "ME|XX" + "X")
OF_A_MACHINE = re.compile("/" + r"(work|root|home/\w+|Users/\w+)/|\bpyp" + r"i\.|pyth" + "onhosted|--index-" + "url")
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
PINNED = re.compile(r"^(?P<name>[a-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>\S+?)( ; .+)? \\$", re.IGNORECASE)
FLOORS = {"django": (5, 2, 19), "weasyprint": (70, 0)}

pytestmark = pytest.mark.house


def files(*endings: str) -> list[Path]:
    """The files git knows, with one of these endings; all of them without."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in found if path.is_file() and (not endings or path.suffix in endings)]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> dict[str, str]:
    """Every file that can be read, by name; locks are made by a program and checked apart."""
    readable = {}
    for path in files():
        if path.suffix in {".png", ".jpg", ".ttf", ".otf", ".woff2", ".xlsx", ".pdf", ".ico"}:
            continue
        readable[named(path)] = path.read_bytes().decode("utf-8", errors="replace")
    return readable


def test_no_file_is_too_long() -> None:
    too_long = {}
    for path in files(".py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        limit = LONGEST_TEST_FILE if named(path).startswith("tests/") else LONGEST_FILE
        if lines > limit and "migrations" not in path.parts:
            too_long[named(path)] = lines

    assert too_long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in files(".py")
        if path.name not in {"__init__.py", "apps.py"}
        and "migrations" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_nothing_is_left_unfinished() -> None:
    code = {name: text for name, text in texts().items() if name.endswith((".py", ".html", ".css", ".toml", ".md"))}

    assert [name for name, text in code.items() if UNFINISHED.search(text)] == []


def test_nothing_of_the_machine_is_in_the_tree() -> None:
    assert [
        name for name, text in texts().items() if OF_A_MACHINE.search(text.replace("--no-emit-index-url", ""))
    ] == []


def test_documented_commands_exist() -> None:
    documented = {
        (named(path), command) for path in files(".md") for command in COMMAND.findall(path.read_text(encoding="utf-8"))
    }

    assert {(name, command) for name, command in documented if command not in get_commands()} == set()


def test_every_command_of_ours_says_what_it_does() -> None:
    ours = {name: app for name, app in get_commands().items() if app in OURS}
    silent = [name for name, app in ours.items() if not load_command_class(str(app), name).help]

    assert ours
    assert silent == []


def test_links_in_the_documentation_lead_somewhere() -> None:
    broken = [
        (named(path), link)
        for path in files(".md")
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]

    assert broken == []


def test_every_decision_has_its_number_and_its_three_parts() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert [path.name[:4] for path in decisions] == [f"{number:04d}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        parts = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert parts[0] == "Context"
        assert parts[-2:] == ["Decision", "Consequences"] or {"Decision", "Consequences"} <= set(parts), path.name


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_requirements_are_pinned_with_hashes_t21(name: str) -> None:
    wanted = set()
    for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines():
        found = re.match(r"[A-Za-z][A-Za-z0-9._-]*", line)
        if found:
            wanted.add(found.group().lower())
    pinned: dict[str, str] = {}
    hashes: dict[str, int] = {}
    strange = []
    for line in (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.lstrip().startswith("#"):
            continue
        if found := PINNED.match(line):
            last = found["name"].lower()
            pinned[last], hashes[last] = found["version"], 0
        elif re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line):
            hashes[last] += 1
        else:
            strange.append(line)

    assert strange == []
    assert [package for package, count in hashes.items() if count == 0] == []
    assert wanted - set(pinned) == set()
    for package, floor in FLOORS.items():
        assert tuple(map(int, pinned[package].split("."))) >= floor


def test_the_network_is_shut_in_tests() -> None:
    with socket.socket() as outward, pytest.raises(AssertionError, match=r"reached out to 192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))
