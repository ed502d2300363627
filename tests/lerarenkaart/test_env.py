"""Reading the environment: a default when absent, a loud refusal when senseless."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from lerarenkaart import env


@pytest.mark.parametrize(
    ("typed", "value"),
    [("on", True), ("1", True), ("Yes", True), (" true ", True), ("off", False), ("0", False), ("", False)],
)
def test_flag(typed: str, value: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    monkeypatch.setenv("KNOP", typed)

    assert env.flag("KNOP", default=not value) is value


def test_flag_absent_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KNOP", raising=False)

    assert (env.flag("KNOP"), env.flag("KNOP", default=True)) == (False, True)


def test_flag_refuses_another_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOP", "misschien")

    with pytest.raises(ImproperlyConfigured, match=r"KNOP='misschien': schrijf 'on' of 'off'\."):
        env.flag("KNOP")


@pytest.mark.parametrize("typed", ["-1", "2.5", "twee", "²", "1_0", "٣", "0"])
def test_whole_number_refuses(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AANTAL", typed)

    with pytest.raises(ImproperlyConfigured, match="AANTAL"):
        env.whole_number("AANTAL", default=3, lowest=1)


def test_whole_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AANTAL", " 7 ")

    assert (env.whole_number("AANTAL", default=3), env.whole_number("ANDER_AANTAL", default=3)) == (7, 3)


def test_one_of_refuses_a_word_that_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEUZE", "stup")

    with pytest.raises(ImproperlyConfigured, match=r"KEUZE='stup': kies uit open, stepup\."):
        env.one_of("KEUZE", {"open", "stepup"}, default="open")


def test_words_are_parted_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEN", "a.be, b.be  c.be,")

    assert env.words("NAMEN") == ["a.be", "b.be", "c.be"]


def test_text_empty_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WOORD", "  ")

    assert env.text("WOORD", "anders") == "anders"


def test_directory_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAP", str(tmp_path / "a" / "b"))

    made = env.directory("MAP", default=tmp_path)

    assert (made, made.is_dir()) == (tmp_path / "a" / "b", True)


def test_directory_refuses_what_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bestand").write_text("")
    monkeypatch.setenv("MAP", str(tmp_path / "bestand" / "map"))

    with pytest.raises(ImproperlyConfigured, match=r"MAP=.*deze map kan niet gemaakt worden"):
        env.directory("MAP", default=tmp_path)
