"""The button pressed by many at once, and two workers with one mailing: every point gets one mail."""

from collections import Counter

import pytest
from django.core import mail

from distribution.actions import jobs, mailings
from distribution.enums import MailingKind
from distribution.errors import DistributionError
from distribution.models import CardYear, Job, Mailing, MailToPoint
from tests import make
from tests.conftest import NOW
from tests.distribution.actions.test_hand_overs_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_button_pressed_eight_times_is_one_mailing(card_year: CardYear) -> None:
    point, kim = make.point(year=2027, email="punt@voorbeeld.be"), make.new_user()

    def press(turn: int) -> str:
        try:
            mailings.send(
                MailingKind.COUNT,
                card_year=card_year,
                points=[point.pk],
                selection="alle afhaalpunten",
                seen=0,
                by=kim,
                at=NOW,
                again=True,
            )
        except DistributionError as refusal:
            return refusal.code
        return "asked"

    heard = Counter(at_once(press))

    assert (heard["asked"], Mailing.objects.count(), Job.objects.count()) == (1, 1, 1)


def test_workers_with_the_same_mailing_send_each_letter_once(card_year: CardYear) -> None:
    points = [make.point(year=2027, email=f"punt{number}@voorbeeld.be") for number in range(12)]
    job = mailings.send(
        MailingKind.COUNT,
        card_year=card_year,
        points=[point.pk for point in points],
        selection="alle afhaalpunten",
        seen=0,
        by=make.new_user(),
        at=NOW,
    )
    taken = jobs.claim(job.pk, owner="proef", at=NOW)
    assert taken is not None

    at_once(lambda turn: mailings.work(taken, lambda done, total: None), times=4)

    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(point.email for point in points)
    assert MailToPoint.objects.filter(sent_at=None).count() == 0
