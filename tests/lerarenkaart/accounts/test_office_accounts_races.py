"""People of the office who switch each other off at the same moment: someone always stays."""

from collections import Counter

import pytest

from distribution.errors import DistributionError
from lerarenkaart.accounts import changes
from pickup_points.models import AccountEvent, KlasseRole, User
from tests import make
from tests.conftest import NOW
from tests.distribution.actions.test_hand_overs_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_circle_that_switches_each_other_off_leaves_someone() -> None:
    circle = [make.new_user() for _ in range(6)]
    User.objects.update(klasse_role=KlasseRole.OFFICE)

    def switch_off_the_next(turn: int) -> str:
        try:
            changes.switch_off(circle[(turn + 1) % 6], by=circle[turn], at=NOW)
        except DistributionError as refusal:
            return refusal.code
        return "done"

    heard = Counter(at_once(switch_off_the_next, times=6))

    left = User.objects.filter(klasse_role=KlasseRole.OFFICE, is_active=True).count()
    assert left >= 1
    assert heard == {"done": 6 - left, "no_longer_office": left}
    assert AccountEvent.objects.count() == 6 - left
