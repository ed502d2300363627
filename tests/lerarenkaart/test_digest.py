"""The mail with what asks for attention: to whom, what is in it, and that two clocks send one."""

import datetime as dt
import re
import smtplib
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from distribution.actions import jobs
from distribution.enums import JobKind
from distribution.models import CardYear, Person, Subscriber
from lerarenkaart import digest, tasks
from pickup_points.models import KlasseRole, User
from tests import make
from tests.distribution import office_year
from tests.distribution.office_year import IN_SEASON

pytestmark = pytest.mark.django_db
LINK = re.compile(r"^  (?:http://localhost:8000)(/\S+)$", re.MULTILINE)


@pytest.fixture
def busy(card_year: CardYear) -> office_year.OfficeYear:
    return office_year.with_everything(card_year)


def send(at: dt.datetime = IN_SEASON) -> int:
    with time_machine.travel(at, tick=False):
        return digest.mail_office(at=timezone.now())


def test_every_account_of_the_office_and_nobody_else(busy: office_year.OfficeYear, kim: User) -> None:
    mo = office_year.klasse()
    office_year.klasse(KlasseRole.READER)
    gone = office_year.klasse()
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert send() == 2
    assert [message.to for message in mail.outbox] == [[kim.email], [mo.email]]


def test_it_says_what_the_page_says_and_where(busy: office_year.OfficeYear, kim: User, client: Client) -> None:
    jobs.ask(JobKind.FREEZE, card_year=busy.card_year, by=kim, at=IN_SEASON, needs_second=True)
    send()

    (message,) = mail.outbox
    assert "- Bevriezen 2027: wacht op een tweede paar ogen.\n" in message.body
    assert "- 3 mensen hebben recht op een kaart, maar nog geen afhaalpunt.\n" in message.body
    assert "- 1 afhaalpunt heeft geen openingsuren.\n" in message.body
    places = LINK.findall(str(message.body))
    assert message.subject == f"Lerarenkaart: {len(places)} dingen vragen aandacht"
    with time_machine.travel(IN_SEASON, tick=False):
        client.force_login(kim)
        assert {client.get(place).status_code for place in places} == {200}
    assert {resolve(place.split("?")[0]).view_name for place in places} == {
        "distribution:office-attention",
        "distribution:office-job",
    }


def test_it_says_nothing_about_persons(busy: office_year.OfficeYear, kim: User) -> None:
    send()

    (message,) = mail.outbox
    told = f"{message.subject} {message.body}"
    of_people = {
        value
        for one in Person.objects.all()
        for value in (one.staff_number, one.last_name, one.first_name, one.street)
        if value
    } | {one.staff_number for one in Subscriber.objects.all()}
    assert of_people
    assert [value for value in of_people if value in told] == []
    assert kim.name not in message.body


def test_twice_is_once_and_the_next_day_again(busy: office_year.OfficeYear, kim: User) -> None:
    assert [send(), send(IN_SEASON + dt.timedelta(hours=1)), send(IN_SEASON + dt.timedelta(days=1))] == [1, 0, 1]


def test_nothing_to_say_is_no_mail(kim: User) -> None:
    assert send() == 0


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 12, 1), "Vandaag opent het opzoeken van 2027"),
        (dt.date(2026, 12, 27), "Vandaag begint het afhalen van 2027."),
        (dt.date(2027, 1, 15), "Vandaag is een startersmailing van 2027."),
        (dt.date(2027, 7, 10), "Vandaag is de laatste afhaaldag van 2027."),
        (dt.date(2027, 7, 11), "Het afhalen van 2027 is voorbij"),
    ],
)
def test_the_turns_of_the_season_are_told_on_their_day(day: dt.date, words: str, card_year: CardYear) -> None:
    at = dt.datetime.combine(day, dt.time(8), tzinfo=IN_SEASON.tzinfo)

    assert [sentence for sentence, _ in digest.told(at=at) if sentence.startswith(words)] != []
    assert [s for s, _ in digest.told(at=at - dt.timedelta(days=1)) if s.startswith(words)] == []


def test_a_mail_server_that_is_away_costs_nobody_their_mail(
    busy: office_year.OfficeYear, kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mo = office_year.klasse()
    through = EmailBackend.send_messages

    def refuse_mo(self: EmailBackend, messages: list[Any]) -> int:
        if messages[0].to == [mo.email]:
            raise smtplib.SMTPServerDisconnected("weg")
        return int(through(self, messages))

    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "send_messages", refuse_mo)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send()
    send()

    assert [message.to for message in mail.outbox] == [[kim.email], [mo.email]]


def test_switched_off_it_is_silent(busy: office_year.OfficeYear, kim: User, settings: Any) -> None:
    with time_machine.travel(IN_SEASON, tick=False):
        settings.DIGEST = False
        tasks.mail_digest()
        silent = len(mail.outbox)
        settings.DIGEST = True
        tasks.mail_digest()

    assert (silent, len(mail.outbox)) == (0, 1)


def test_as_many_questions_for_three_points_as_for_one(card_year: CardYear, kim: User) -> None:
    office_year.run(card_year)
    counts = []
    for _ in range(3):
        make.point(year=2027, hours={})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert digest.told(at=IN_SEASON)
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2]
