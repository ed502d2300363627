"""Groups of fewer than five people are not shown in anything that leaves the office."""

from collections.abc import Sequence

FEWEST = 5


def hidden(sizes: Sequence[int]) -> set[int]:
    """The places of the groups to leave out, by how many people are in each; a group of nobody hides nobody.

    The total of the groups is shown. So when what is left out is fewer than five together, or one group
    alone, the next smallest goes with it: otherwise the total less the rest would tell.
    """
    left_out = {place for place, size in enumerate(sizes) if 0 < size < FEWEST}
    if not left_out:
        return left_out
    others = sorted(((size, place) for place, size in enumerate(sizes) if size >= FEWEST), reverse=True)
    while others and (len(left_out) < 2 or sum(sizes[place] for place in left_out) < FEWEST):
        left_out.add(others.pop()[1])
    return left_out
