"""Mail to points: once to each, whatever breaks, and a log of what did."""

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from distribution.actions import jobs, mailings
from distribution.actions.mailings import MailedMeanwhile, MailedThisWeek, MailServerAway, NobodyToMail, TextRefused
from distribution.enums import JobState, MailingKind
from distribution.models import CardYear, Job, Mailing, MailText, MailToPoint
from distribution.queries import mailings as queries
from distribution.rules import mail_text
from distribution.rules.mail_text import MailTemplate
from pickup_points.models import PickupPoint, User
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
COUNT = MailingKind.COUNT


@pytest.fixture
def kim() -> User:
    return make.new_user("kim@voorbeeld.be")


@pytest.fixture
def points(card_year: CardYear) -> list[PickupPoint]:
    """Aalst with its own address and a manager, Brugge with its own, Deinze with none."""
    aalst = make.point("aalst", year=2027, email="aalst@voorbeeld.be", municipality="Aalst")
    make.member(aalst, make.new_user("hanne@voorbeeld.be"), is_manager=True)
    make.member(aalst, make.new_user("bo@voorbeeld.be"))
    brugge = make.point("brugge", year=2027, email="brugge@voorbeeld.be", municipality="Brugge")
    return [aalst, brugge, make.point("deinze", year=2027, municipality="Deinze")]


def ask(points: list[PickupPoint], kim: User, *, seen: int = 0, again: bool = False, at: dt.datetime = NOW) -> Job:
    return mailings.send(
        COUNT,
        card_year=CardYear.objects.get(),
        points=[point.pk for point in points],
        selection="alle afhaalpunten",
        seen=seen,
        by=kim,
        at=at,
        again=again,
    )


def work(job: Job) -> dict[str, Any]:
    taken = jobs.claim(job.pk, owner="proef", at=NOW)
    assert taken is not None
    done = mailings.work(taken, lambda done, total: None)
    jobs.finish(taken, result=done.result, files=done.files, at=NOW)
    return done.result


def outcome() -> list[tuple[str, bool, str, int, int]]:
    return [
        (one.point.code, one.sent_at is not None, one.failure, one.addresses, one.refused)
        for one in MailToPoint.objects.select_related("point").order_by("pk")
    ]


def refuse(monkeypatch: pytest.MonkeyPatch, *refused: str, error: Exception | None = None) -> None:
    """A mail server that takes everything but these addresses."""
    send = EmailBackend.send_messages

    def send_messages(self: EmailBackend, messages: list[EmailMessage]) -> int:
        for message in messages:
            if message.to[0] in refused:
                raise error or smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)


def test_each_point_and_its_managers_get_their_own_mail(points: list[PickupPoint], kim: User) -> None:
    result = work(ask(points, kim))

    assert result == {"mailing": Mailing.objects.get().pk, "points": 3, "sent": 2, "failed": 1}
    assert [letter.to for letter in mail.outbox] == [
        ["aalst@voorbeeld.be"],
        ["hanne@voorbeeld.be"],
        ["brugge@voorbeeld.be"],
    ]
    assert str(mail.outbox[0].body).splitlines()[0] == "Dag collega's van Bibliotheek aalst"
    assert "http://localhost:8000/balie/brugge/tellen/einde/" in str(mail.outbox[2].body).splitlines()
    assert mail.outbox[0].reply_to == ["lerarenkaart@voorbeeld.be"]
    assert mail.outbox[0].message()["Auto-Submitted"] == "auto-generated"
    assert outcome() == [
        ("aalst", True, "", 2, 0),
        ("brugge", True, "", 1, 0),
        ("deinze", False, queries.NO_ADDRESS, 0, 0),
    ]


def test_doing_the_job_twice_mails_once(points: list[PickupPoint], kim: User) -> None:
    job = ask(points, kim)
    work(job)

    mailings.work(job, lambda done, total: None)

    assert len(mail.outbox) == 3


def test_killed_while_a_letter_leaves_it_is_not_sent_again_by_itself(
    points: list[PickupPoint], kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(points, kim)
    with monkeypatch.context() as patch:
        refuse(patch, "hanne@voorbeeld.be", error=RuntimeError("killed"))
        with pytest.raises(RuntimeError):
            mailings.work(job, lambda done, total: None)

    mailings.work(job, lambda done, total: None)

    assert [letter.to[0] for letter in mail.outbox] == ["aalst@voorbeeld.be", "brugge@voorbeeld.be"]
    assert outcome()[0] == ("aalst", False, queries.UNSURE, 2, 0)


def test_a_server_that_is_away_leaves_what_waits_to_be_sent_later(
    points: list[PickupPoint], kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(points, kim)

    def away(self: EmailBackend) -> None:
        raise ConnectionRefusedError("aalst@voorbeeld.be")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "open", away)
        with pytest.raises(MailServerAway) as refused:
            work(job)
    jobs.refuse(Job.objects.get(), refused.value, at=NOW)
    assert str(refused.value).startswith("De mailserver antwoordt niet. Voor 2 afhaalpunten vertrok er nog niets.")

    work(mailings.go_on(Mailing.objects.get(), by=kim, at=NOW))

    assert len(mail.outbox) == 3


def test_a_refused_address_is_told_and_the_rest_goes_on(
    points: list[PickupPoint], kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "hanne@voorbeeld.be", "brugge@voorbeeld.be")

    work(ask(points, kim))

    assert outcome()[:2] == [
        ("aalst", True, "", 2, 1),
        ("brugge", False, "De mailserver weigerde het adres (code 550). Kijk het adres na.", 1, 1),
    ]


def test_what_is_no_address_stops_nobody_and_adds_no_header(points: list[PickupPoint], kim: User) -> None:
    PickupPoint.objects.filter(code="brugge").update(email="brugge@voorbeeld.be\nBcc: iedereen@voorbeeld.be")
    PickupPoint.objects.filter(code="deinze").update(email="deinze@voorbeeld.be", name="Deinze\nBcc: x@voorbeeld.be")

    work(ask(points, kim))

    assert outcome()[1] == ("brugge", False, "Dit is geen geldig e-mailadres. Kijk het na.", 1, 1)
    assert [letter.to[0] for letter in mail.outbox][2:] == ["deinze@voorbeeld.be"]
    assert [name for name, _ in mail.outbox[2].message().items() if name.lower() == "bcc"] == []


def test_once_more_goes_only_to_whom_it_did_not_reach(
    points: list[PickupPoint], kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        refuse(patch, "brugge@voorbeeld.be")
        work(ask(points, kim))
    mail.outbox.clear()
    first = Mailing.objects.get()

    work(mailings.send_to_missed(first, by=kim, at=NOW))

    assert [letter.to[0] for letter in mail.outbox] == ["brugge@voorbeeld.be"]
    second = Mailing.objects.get(pk__gt=first.pk)
    assert (second.selection, second.body) == ("wie de mail van 12-01-2027 niet kreeg", first.body)
    with pytest.raises(NobodyToMail):
        mailings.send_to_missed(first, by=kim, at=NOW)


def test_a_second_press_of_the_button_sends_nothing(points: list[PickupPoint], kim: User) -> None:
    work(ask(points, kim))

    with pytest.raises(MailedMeanwhile):
        ask(points, kim, again=True)

    assert Mailing.objects.count() == 1


def test_the_same_kind_within_a_week_must_be_meant(points: list[PickupPoint], kim: User) -> None:
    work(ask(points[:1], kim))
    seen = Mailing.objects.get().pk

    with pytest.raises(MailedThisWeek) as refused:
        ask(points, kim, seen=seen)
    assert str(refused.value).startswith("1 afhaalpunt kreeg deze mail de laatste zeven dagen al.")
    work(ask(points, kim, seen=seen, again=True))

    assert len(mail.outbox) == 2 + 3


def test_after_a_week_nothing_is_asked(points: list[PickupPoint], kim: User) -> None:
    work(ask(points[:1], kim))

    ask(points, kim, seen=Mailing.objects.get().pk, at=NOW + dt.timedelta(days=7, seconds=1))

    assert Mailing.objects.count() == 2


def test_points_without_any_address_are_not_mailed(points: list[PickupPoint], kim: User) -> None:
    with pytest.raises(NobodyToMail):
        ask(points[2:], kim)

    assert (Mailing.objects.count(), Job.objects.count()) == (0, 0)


def test_one_mailing_at_a_time(points: list[PickupPoint], kim: User) -> None:
    first = ask(points[:1], kim)

    with pytest.raises(jobs.AlreadyAsked) as refused:
        ask(points[1:], kim, seen=Mailing.objects.get().pk)

    assert (refused.value.job, Mailing.objects.count(), first.state) == (first, 1, JobState.WAITING)


def test_klasse_writes_its_own_text_and_goes_back(kim: User) -> None:
    own = MailTemplate("Tel eens, {afhaalpunt}", "Dag\n")

    mailings.write_text(COUNT, own, by=kim, at=NOW)
    assert queries.template_of(COUNT) == own
    with pytest.raises(TextRefused):
        mailings.write_text(COUNT, MailTemplate("Tel", "{naam}"), by=kim, at=NOW)
    assert queries.template_of(COUNT) == own
    mailings.back_to_house_text(COUNT)

    assert queries.template_of(COUNT) == mail_text.HOUSE[COUNT]
    assert MailText.objects.count() == 0
