"""What one person of Klasse may not do alone (issue: four eyes; hardening.md T03)."""

from distribution.enums import JobKind

# A file about more people than this leaves the office only when two looked at it.
MANY_PEOPLE = 1_000


def asks_for_second(kind: JobKind, *, is_forced: bool = False, people: int = 0) -> bool:
    """True for freezing, for taking a file against a refusal, and for an export of more than 1,000 people."""
    return kind == JobKind.FREEZE or is_forced or people > MANY_PEOPLE
