"""What stands under a percentage: the interval and what is sure, and nothing twice."""

from distribution.documents.figures_columns import COLLECTED_RATE
from distribution.queries.figures_table import Row


def under(**bounds: int | None) -> tuple[str, ...]:
    row = Row(2027, "lager", "Lager onderwijs", cards=100, at_points=100, **bounds)  # type: ignore[arg-type]
    return tuple(COLLECTED_RATE.margins(row))


def test_the_interval_stands_above_what_is_sure() -> None:
    assert under(low99=62, high99=71, lower=57, upper=90) == ("62,0 – 71,0", "zeker 57,0 – 90,0")


def test_an_interval_that_is_no_narrower_is_said_once() -> None:
    assert under(low99=57, high99=90, lower=57, upper=90) == ("zeker 57,0 – 90,0",)


def test_where_there_is_no_doubt_nothing_is_said() -> None:
    assert under(low99=57, high99=57, lower=57, upper=57) == ()
    assert under(low99=None, high99=None, lower=None, upper=None) == ()
