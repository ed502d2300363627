"""What a password must be (hardening.md T03), said in our own Dutch: Django's sentences are not all translated."""

import re
from typing import Any

from django.contrib.auth import password_validation as django_rules
from django.core.exceptions import ValidationError

SHORTEST = 15
# What whoever guesses at a password of this site tries first: its own words, and those of a library and a school.
OUR_WORDS = (
    "lerarenkaart", "leerkracht", "leraren", "leraar", "klasse", "kaart", "onderwijs", "vlaanderen", "school",
    "bibliotheek", "bieb", "bib", "balie", "afhaalpunt", "stamboeknummer", "stamboek",
    "wachtwoord", "paswoord", "password", "welkom", "welcome", "admin", "login",
)  # fmt: skip
_OURS = re.compile("|".join(OUR_WORDS))
_NO_LETTER = re.compile(r"[\W\d_]")
# So many letters must be left when our words are taken away.
LEAST_OF_YOUR_OWN = 6


class LongEnough(django_rules.MinimumLengthValidator):
    def __init__(self) -> None:
        super().__init__(min_length=SHORTEST)

    def get_error_message(self) -> str:
        return f"Dit is te kort. Neem minstens {SHORTEST} tekens, een zin bijvoorbeeld."


class NotCommon(django_rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "Dit wachtwoord gebruiken veel mensen, en het wordt dus als eerste geraden. Kies iets anders."


class NotAboutYou(django_rules.UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(user_attributes=("email", "name"))

    def get_error_message(self) -> str:
        return "Dit lijkt te veel op je naam of e-mailadres. Kies iets anders."


class NotOurWords:
    """Refuses what is hardly more than words of this site, digits and signs."""

    def validate(self, password: str, user: Any = None) -> None:
        typed = password.lower()
        left = _NO_LETTER.sub("", _OURS.sub("", typed))
        if _OURS.search(typed) and len(left) < LEAST_OF_YOUR_OWN:
            raise ValidationError(
                "Dit bestaat vooral uit woorden van deze site, en die worden als eerste geraden. Kies iets anders.",
                code="password_of_our_words",
            )

    def get_help_text(self) -> str:
        return "Gebruik niet alleen woorden van deze site."
