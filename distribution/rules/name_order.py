"""The order in which people look for a name: the same on screen, on paper and in every file (lessons.md 8).

"Van den Broeck" stands under V, "van Damme" beside "Van Damme", "Çelik" under C, "D'Hondt" beside
"Dhondt". The key holds only a–z and digits, so that Python, SQLite and every PostgreSQL collation
agree: `0` parts the last name from the first, `1` is a space; digits come before letters.
"""

import re
import unicodedata
from functools import lru_cache

# Letters that do not come apart in a base letter and an accent.
STANDS_FOR = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
APOSTROPHES = re.compile("['’‘`´ʼ]")
NOT_A_LETTER = re.compile("[^a-z]+")
LONGEST_KEY = 410
OTHER_LETTERS = "#"
OTHER_SCRIPT = "zzz"
NO_LETTERS = OTHER_SCRIPT + "zzzzz"
# Other scripts come after Z, and so does a name without any letter: one group, at the end of the list.
AFTER_Z = re.compile(f"{OTHER_SCRIPT}[a-p]{{5}}|{NO_LETTERS}")
HEX_TO_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def sort_key(last_name: str, first_name: str) -> str:
    """A key by which names stand in Dutch order; at most 410 characters, never empty.

    Someone with one name stands under that name, in whichever of the two fields it was written.
    """
    last, first = _plain(last_name), _plain(first_name)
    if not last:
        last, first = first, ""
    return f"{last[:205] or NO_LETTERS}0{first[:204]}"


def search_prefix(typed: str) -> str:
    """What `sort_key` starts with for a name that starts as typed."""
    return _plain(typed)


def letter(key: str) -> str:
    """The letter under which a name stands in a list, A to Z; `#` for other scripts."""
    if AFTER_Z.match(key):
        return OTHER_LETTERS
    return key[0].upper()


@lru_cache(maxsize=1 << 15)  # files of hundreds of thousands of names repeat them
def _plain(name: str) -> str:
    # An apostrophe can come out of a letter (ŉ), and capitals out of a sign (℡).
    bare = APOSTROPHES.sub("", name.casefold())
    if not bare.isascii():
        apart = unicodedata.normalize("NFKD", bare.translate(STANDS_FOR)).casefold()
        bare = "".join(_spelled(character) for character in apart if not unicodedata.combining(character))
    return NOT_A_LETTER.sub("1", bare).strip("1")


def _spelled(character: str) -> str:
    """A letter of another script in letters that sort after Z, in the order of its own script; the rest as it is."""
    if character.isascii() or not character.isalpha():
        return character
    return OTHER_SCRIPT + f"{ord(character):05x}".translate(HEX_TO_LETTERS)
