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


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geheim").write_text(" van-een-kluis\n", encoding="utf-8")
    monkeypatch.setenv("SLEUTEL_FILE", str(tmp_path / "geheim"))
    monkeypatch.setenv("SLEUTEL", "")

    assert env.secret("SLEUTEL") == "van-een-kluis"


def test_a_secret_may_stand_in_the_environment_or_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLEUTEL", "zo")

    assert (env.secret("SLEUTEL"), env.secret("ANDERE_SLEUTEL", "anders")) == ("zo", "anders")


def test_an_empty_file_counts_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geheim").write_text("\n", encoding="utf-8")
    monkeypatch.setenv("SLEUTEL_FILE", str(tmp_path / "geheim"))

    assert env.secret("SLEUTEL", "anders") == "anders"


def test_a_secret_in_two_places_is_refused_and_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geheim").write_text("een", encoding="utf-8")
    monkeypatch.setenv("SLEUTEL_FILE", str(tmp_path / "geheim"))
    monkeypatch.setenv("SLEUTEL", "twee")

    with pytest.raises(ImproperlyConfigured, match=r"^SLEUTEL en SLEUTEL_FILE zijn allebei ingevuld: kies er een\.$"):
        env.secret("SLEUTEL")


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"\xff\xfe", "geen tekst")])
def test_a_file_that_cannot_be_read_is_refused(
    content: bytes | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "geheim").write_bytes(content)
    monkeypatch.setenv("SLEUTEL_FILE", str(tmp_path / "geheim"))

    with pytest.raises(ImproperlyConfigured, match=rf"SLEUTEL_FILE=.*niet te lezen \({why}"):
        env.secret("SLEUTEL")
