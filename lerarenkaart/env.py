"""Reading the environment: each setting has a safe default and is refused loudly when it makes no sense."""

import os
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})


def text(name: str, default: str = "") -> str:
    """The variable as typed, without surrounding space; an empty value counts as absent."""
    return os.environ.get(name, "").strip() or default


def secret(name: str, default: str = "") -> str:
    """The same for what nobody may read over a shoulder: the variable itself, or the file that NAME_FILE points at.

    Raises ImproperlyConfigured when both are there, or when the file cannot be read.
    """
    place = text(f"{name}_FILE")
    if not place:
        return text(name, default)
    if text(name):
        raise ImproperlyConfigured(f"{name} en {name}_FILE zijn allebei ingevuld: kies er een.")
    try:
        return Path(place).read_text(encoding="utf-8").strip() or default
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "geen tekst"
        raise ImproperlyConfigured(f"{name}_FILE={place}: dit bestand is niet te lezen ({why}).") from error


def flag(name: str, *, default: bool = False) -> bool:
    """A switch; raises ImproperlyConfigured for a word that is neither on nor off."""
    if name not in os.environ:
        return default
    word = text(name).lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name}={word!r}: schrijf 'on' of 'off'.")


def whole_number(name: str, *, default: int, lowest: int = 0) -> int:
    """A whole number of at least `lowest`; raises ImproperlyConfigured otherwise."""
    typed = text(name, str(default))
    if not typed.isascii() or not typed.isdigit() or int(typed) < lowest:
        raise ImproperlyConfigured(f"{name}={typed!r}: een geheel getal vanaf {lowest} wordt verwacht.")
    return int(typed)


def one_of(name: str, choices: Collection[str], *, default: str) -> str:
    """One of the listed words; raises ImproperlyConfigured for any other."""
    word = text(name, default).lower()
    if word not in choices:
        raise ImproperlyConfigured(f"{name}={word!r}: kies uit {', '.join(sorted(choices))}.")
    return word


def words(name: str, *, default: str = "") -> list[str]:
    """A list, separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def secret_words(name: str) -> list[str]:
    """A list of secrets, likewise; raises what `secret` raises."""
    return secret(name).replace(",", " ").split()


def directory(name: str, *, default: Path) -> Path:
    """A folder, made when it does not exist; raises ImproperlyConfigured when that is impossible."""
    path = Path(text(name, str(default)))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}={path}: deze map kan niet gemaakt worden ({error.strerror}).") from error
    return path
