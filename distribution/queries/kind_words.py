"""What levels and categories are called, on every page and in every file."""

from distribution.rules.eligibility import CATEGORIES, LEVELS

LEVEL_WORDS = dict(
    zip(
        LEVELS,
        (
            "Kleuteronderwijs",
            "Lager onderwijs",
            "Secundair onderwijs",
            "Deeltijds kunstonderwijs (dko)",
            "Leerlingenbegeleiding (clb)",
            "Volwassenenonderwijs (cvo)",
            "Basiseducatie (cbe)",
            "Leersteuncentrum",
            "Internaat",
            "Hogeschool",
            "Universiteit",
            "Inspectie",
            "Begeleidingsdienst",
            "Ander",
        ),
        strict=True,
    )
)
# With the places where a narrow column may break them.
CATEGORY_WORDS = dict(
    zip(
        CATEGORIES,
        (
            "bestuur en onder\N{SOFT HYPHEN}wijzend",
            "beleid en onder\N{SOFT HYPHEN}steuning",
            "opvoedend hulp\N{SOFT HYPHEN}personeel",
            "para\N{SOFT HYPHEN}medisch",
            "psycho\N{SOFT HYPHEN}logisch",
            "sociaal",
            "admini\N{SOFT HYPHEN}stratief",
            "technisch",
            "meester-, vak- en dienst\N{SOFT HYPHEN}personeel",
        ),
        strict=True,
    )
)


def level_words(level: str) -> str:
    """`Lager onderwijs`; a level we do not know stays as it is."""
    return LEVEL_WORDS.get(level, level)


def category_words(category: str) -> str:
    """`bestuur en onderwijzend`, to stand in a sentence or a file."""
    return CATEGORY_WORDS.get(category, category).replace("\N{SOFT HYPHEN}", "")
