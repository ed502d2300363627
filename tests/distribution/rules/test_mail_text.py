"""Texts of mails: what may be filled in, and what is refused."""

import pytest

from distribution.rules import mail_text
from distribution.rules.mail_text import BadText, MailTemplate

VALUES = {
    "afhaalpunt": "Bib {link}\r\nBcc: iedereen@voorbeeld.be",
    "jaar": "2027",
    "aantal kaarten": "1 kaart",
    "aantal dozen": "2 dozen",
    "eerste dag": "27 december 2026",
    "laatste dag": "10 juli 2027",
    "link": "https://voorbeeld.be/balie/",
}


def test_house_texts_are_sendable_and_fill_in_completely() -> None:
    for template in mail_text.HOUSE.values():
        mail_text.check(template)
        filled = mail_text.fill(template, VALUES | {"afhaalpunt": "Bib Gent"})

        assert "{" not in filled.subject + filled.body
        # Longer lines may not travel in a mail (RFC 5322).
        assert max(map(len, template.body.encode().splitlines())) < 998


def test_what_is_filled_in_is_one_line_and_never_read_again() -> None:
    filled = mail_text.fill(MailTemplate("Dag {afhaalpunt}", "Bij {afhaalpunt}: {aantal kaarten}"), VALUES)

    assert filled == MailTemplate(
        "Dag Bib {link} Bcc: iedereen@voorbeeld.be", "Bij Bib {link} Bcc: iedereen@voorbeeld.be: 1 kaart"
    )


@pytest.mark.parametrize(
    ("subject", "body", "sentence"),
    [
        ("", "Dag", "Geef de mail een onderwerp."),
        ("Dag", " \n", "Schrijf een tekst."),
        ("x" * 151, "Dag", "Het onderwerp is te lang: hoogstens 150 tekens."),
        ("Dag", "x" * 5_001, "De tekst is te lang: hoogstens 5000 tekens."),
        ("Dag {naam}", "Dag", "“{naam}” in het onderwerp kennen we niet."),
        ("Dag", "Dag {}", "“{}” in de tekst kennen we niet."),
        ("Dag", "Dag {jaar", "In de tekst staat een accolade alleen."),
        ("Dag}", "Dag", "In het onderwerp staat een accolade alleen."),
        ("Dag", "{{jaar}}", "In de tekst staat een accolade alleen."),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(subject: str, body: str, sentence: str) -> None:
    with pytest.raises(BadText) as refused:
        mail_text.check(MailTemplate(subject, body))

    assert str(refused.value).startswith(sentence)


def test_typed_text_is_kept_tidy() -> None:
    assert mail_text.tidy("\r\nDag  \r\n\r\ntot straks\r\n\r\n") == "Dag\n\ntot straks\n"
