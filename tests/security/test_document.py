"""What docs/security.md and docs/asvs.md promise: every test they name exists, every count is right."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECURITY = ROOT / "docs" / "security.md"
ASVS = ROOT / "docs" / "asvs.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (test|document|n\.v\.t\.|open) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+)`")
# The size of ASVS 5.0.0 at its first two levels.
FIRST, SECOND = 70, 183


def there() -> set[str]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return set(re.findall(r"^\s*def (test_\w+)", code, re.MULTILINE))


@pytest.mark.parametrize("document", [SECURITY, ASVS], ids=["security", "asvs"])
def test_every_test_that_is_named_exists(document: Path) -> None:
    named = set(NAMED.findall(document.read_text(encoding="utf-8")))

    assert named - there() == set()
    assert len(named) > 40


def test_every_threat_has_its_line_and_its_tests() -> None:
    rows = re.findall(
        r"^\| ([TP]\d{2}) \|(.*)\|$", SECURITY.read_text(encoding="utf-8").split("## Gemeten")[0], re.MULTILINE
    )

    assert [name for name, _ in rows if name[0] == "T"] == [f"T{number:02d}" for number in range(1, 23)]
    # There is no digital card to forge.
    assert [name for name, row in rows if not NAMED.search(row)] == ["T15"]


def test_asvs_answers_every_requirement_once() -> None:
    rows = ROW.findall(ASVS.read_text(encoding="utf-8"))
    levels = Counter(level for _, level, _, _ in rows)

    assert dict(levels) == {"1": FIRST, "2": SECOND}
    assert len({number for number, *_ in rows}) == FIRST + SECOND
    assert [number for number, _, state, text in rows if (state == "test") is not bool(NAMED.search(text))] == []


def test_asvs_counts_what_it_says() -> None:
    text = ASVS.read_text(encoding="utf-8")
    states = Counter((level, state) for _, level, state, _ in ROW.findall(text))
    for level, whole in (("1", FIRST), ("2", SECOND)):
        counts = [states[level, state] for state in ("test", "document", "n.v.t.", "open")]
        assert f"| {level} | {whole} | {' | '.join(map(str, counts))} |" in text


def test_every_document_that_is_named_exists() -> None:
    links = re.findall(r"\]\(([^)#]+\.md)\)", ASVS.read_text(encoding="utf-8") + SECURITY.read_text(encoding="utf-8"))

    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
