"""Rows of a paper list as people type them: `1-5 9 12-14` is rows 1 to 5, 9, and 12 to 14."""

import re
from dataclasses import dataclass, field

BETWEEN = re.compile(r"[\s,;]+")
# Hyphen, non-breaking hyphen, figure dash, en dash, em dash, minus.
DASH = re.compile(r"\s*[-\u2010-\u2014\u2212]\s*")
PIECE = re.compile("([0-9]+)(?:-([0-9]+))?")
LONGEST = 20_000
LONGEST_PIECE = 30
# More sentences than this help nobody.
MOST_PROBLEMS = 20
# No list is longer; and int() never sees a number of a thousand digits.
MOST_DIGITS = 9


@dataclass(frozen=True)
class Problem:
    """A piece that is not right, and why, in Dutch. `stops`: nothing can be kept before it is mended."""

    piece: str
    code: str
    sentence: str
    stops: bool = True


@dataclass(frozen=True)
class Typed:
    """The rows that were typed, ascending, each once; and what was wrong with what was typed."""

    rows: tuple[int, ...]
    problems: tuple[Problem, ...] = field(default=())

    @property
    def is_usable(self) -> bool:
        return not any(problem.stops for problem in self.problems)


def read(typed: str, *, first: int = 1, last: int) -> Typed:
    """Read what was typed for a list, or a page of it, with the rows `first` to `last`.

    Pieces stand between spaces, commas, semicolons or ends of lines. A row that comes back is kept once
    and told about; every other problem stops.
    """
    if len(typed) > LONGEST:
        return Typed((), (Problem("", "too_long", "Dat is te veel ineens. Voer de lijst blad per blad in."),))
    pieces = [piece for piece in BETWEEN.split(DASH.sub("-", typed)) if piece]
    if not pieces:
        return Typed((), (Problem("", "nothing_typed", "Typ minstens één rij, bijvoorbeeld 1-5 9 12-14."),))
    rows: set[int] = set()
    problems: list[Problem] = []
    for piece in pieces:
        found, problem = _piece(piece, first=first, last=last)
        twice = rows.intersection(found)
        rows.update(found)
        if problem is None and twice:
            problem = _again(piece, twice)
        if problem is not None:
            problems.append(problem)
    problems.sort(key=lambda problem: not problem.stops)
    return Typed(tuple(sorted(rows)), tuple(problems[:MOST_PROBLEMS]))


def everything_but(rows: tuple[int, ...], *, first: int = 1, last: int) -> tuple[int, ...]:
    """The other way round: all rows of the list or the page, except these."""
    left_out = set(rows)
    return tuple(row for row in range(first, last + 1) if row not in left_out)


def written(rows: tuple[int, ...]) -> str:
    """Ascending rows the short way: (1, 2, 3, 9) is "1-3 9". `read` gives the same rows back."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return " ".join(str(begin) if begin == end else f"{begin}-{end}" for begin, end in runs)


def _piece(piece: str, *, first: int, last: int) -> tuple[range, Problem | None]:
    nothing, shown = range(0), _shown(piece)
    found = PIECE.fullmatch(piece)
    if found is None:
        return nothing, Problem(shown, "not_a_row", f"‘{shown}’ is geen rij. Typ een nummer zoals 9, of 12-14.")
    if any(len(number.lstrip("0")) > MOST_DIGITS for number in found.groups(default="")):
        return nothing, _beyond(shown, first=first, last=last)
    begin = int(found[1])
    end = begin if found[2] is None else int(found[2])
    if begin == 0 or end == 0:
        return nothing, Problem(shown, "row_zero", f"‘{shown}’: de rijen beginnen bij 1, rij 0 is er niet.")
    if end < begin:
        turned = f"{end}-{begin}"
        return nothing, Problem(shown, "turned_round", f"‘{shown}’ loopt achteruit. Bedoel je {turned}?")
    if begin < first or end > last:
        return nothing, _beyond(shown, first=first, last=last)
    return range(begin, end + 1), None


def _beyond(shown: str, *, first: int, last: int) -> Problem:
    if last < first:
        return Problem(shown, "beyond_the_list", f"‘{shown}’ kan niet: hier staan geen rijen op.")
    if first > 1:
        return Problem(shown, "beyond_the_page", f"‘{shown}’ staat niet op dit blad: dat heeft rij {first} tot {last}.")
    return Problem(shown, "beyond_the_list", f"‘{shown}’ kan niet: de laatste rij is {last}.")


def _again(piece: str, twice: set[int]) -> Problem:
    shown = _shown(piece)
    rows = sorted(twice)
    if len(rows) == 1:
        return Problem(
            shown, "typed_twice", f"‘{shown}’: rij {rows[0]} had je al getypt. Ze telt één keer.", stops=False
        )
    sentence = f"‘{shown}’: {len(rows)} van deze rijen had je al getypt ({rows[0]} tot {rows[-1]}). Ze tellen één keer."
    return Problem(shown, "typed_twice", sentence, stops=False)


def _shown(piece: str) -> str:
    return piece if len(piece) <= LONGEST_PIECE else f"{piece[:LONGEST_PIECE]}…"
