"""The order in which people look for a name: the same on screen, on paper and in every file (lessons.md 8).

"Van den Broeck" stands under V, "van Damme" beside "Van Damme", "Çelik" under C, "D'Hondt" beside
"Dhondt". The key holds only a–z and digits, so that Python, SQLite and every PostgreSQL collation
agree: `0` parts the last name from the first, `1` is a space; digits come before letters.
"""

import re
import unicodedata

# Letters that do not come apart in a base letter and an accent.
STANDS_FOR = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
APOSTROPHES = re.compile("['’‘`´ʼ]")
NOT_A_LETTER = re.compile("[^a-z]+")
LONGEST_KEY = 410
OTHER_LETTERS = "#"
OTHER_SCRIPT = "zzz"
HEX_TO_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def sort_key(last_name: str, first_name: str) -> str:
    """A key by which names stand in Dutch order; at most 410 characters, never empty."""
    return f"{_plain(last_name)[:205]}0{_plain(first_name)[:204]}"


def search_prefix(typed: str) -> str:
    """What `sort_key` starts with for a name that starts as typed."""
    return _plain(typed)


def letter(key: str) -> str:
    """The letter under which a name stands in a list, A to Z; `#` for other scripts."""
    if key.startswith(OTHER_SCRIPT) or not key[0].isalpha():
        return OTHER_LETTERS
    return key[0].upper()


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", APOSTROPHES.sub("", name).casefold().translate(STANDS_FOR))
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    if not bare.isascii():
        bare = "".join(_spelled(character) if character.isalpha() else character for character in bare)
    return NOT_A_LETTER.sub("1", bare).strip("1")


def _spelled(letter_of_any_script: str) -> str:
    """An ASCII letter as it is; any other in letters that sort after Z, in the order of its own script."""
    if letter_of_any_script.isascii():
        return letter_of_any_script
    return OTHER_SCRIPT + f"{ord(letter_of_any_script):05x}".translate(HEX_TO_LETTERS)
