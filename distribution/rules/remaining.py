"""How long work will still take: an honest estimate, or nothing."""

import datetime as dt

# Before this much is done, and in fewer steps than this, a guess would only mislead.
ENOUGH_DONE, ENOUGH_STEPS = 0.1, 20
SHORTEST = dt.timedelta(seconds=5)


def estimate(*, done: int, total: int, elapsed: dt.timedelta) -> dt.timedelta | None:
    """As long as the rest would take at the speed so far; None when that says little."""
    if total < ENOUGH_STEPS or not 0 < done < total or done < ENOUGH_DONE * total or elapsed < SHORTEST:
        return None
    return elapsed * (total - done) / done


def in_words(left: dt.timedelta) -> str:
    """Roughly: nobody counts seconds."""
    seconds = left.total_seconds()
    if seconds < 20:
        return "nog enkele seconden"
    if seconds < 50:
        return "nog een halve minuut"
    minutes = round(seconds / 60)
    return "nog ongeveer een minuut" if minutes <= 1 else f"nog ongeveer {minutes} minuten"
