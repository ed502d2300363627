"""Refusals we foresee: each has a code that programs may rely on and a Dutch sentence for people."""

from typing import ClassVar


class DistributionError(Exception):
    """A refusal with a stable `code`; its text is the Dutch sentence. Nothing was changed."""

    code: ClassVar[str] = "refused"


class YearNotOpened(DistributionError):
    code = "year_not_opened"

    def __init__(self, year: int) -> None:
        super().__init__(f"Het jaar {year} is niet geopend. Open het eerst: python manage.py open_year {year}.")
        self.year = year


class CanBeForced(DistributionError):
    """A rule says no, and who knows better may go on with a reason. `sentence` is why; a command's text adds how."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} Klopt het toch, geef dan een reden met --force.")
        self.sentence = sentence
