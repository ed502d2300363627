"""Days and times as a Dutch reader says them."""

import datetime as dt

WEEKDAY_NAMES = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTH_NAMES = (
    ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"]
)  # fmt: skip
SHORT_MONTHS = ("jan.", "feb.", "mrt.", "apr.", "mei", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")
MINUTES_IN_DAY = 24 * 60


def clock(minutes: int) -> str:
    """Minutes since midnight in words: 570 is "9.30"; the end of a day is "middernacht"; 1560 is "2.00"."""
    if minutes == MINUTES_IN_DAY:
        return "middernacht"
    hour, minute = divmod(minutes % MINUTES_IN_DAY, 60)
    return f"{hour}.{minute:02d}"


def weekday(day: dt.date) -> str:
    return WEEKDAY_NAMES[day.weekday()]


def short_date(day: dt.date) -> str:
    """ "12 januari"."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]}"


def day_of_week(day: dt.date) -> str:
    """ "dinsdag 12 jan.": fits beside its hours on a phone."""
    return f"{weekday(day)} {day.day} {SHORT_MONTHS[day.month - 1]}"


def long_date(day: dt.date) -> str:
    """ "dinsdag 12 januari 2027"."""
    return f"{weekday(day)} {short_date(day)} {day.year}"


def listed(parts: list[str]) -> str:
    """ "a", "a en b", "a, b en c"."""
    return " en ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""
