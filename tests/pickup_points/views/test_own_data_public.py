"""What a manager saves is public at once: no page and no answer remembers the old hours."""

from typing import Any

import time_machine
from django.test import Client

from distribution.models import CardYear
from tests import make, outcomes
from tests.conftest import NOW
from tests.pages import text


@time_machine.travel(NOW, tick=False)
def test_what_was_saved_is_public_at_once(card_year: CardYear, client: Client, settings: Any) -> None:
    settings.LOOKUP_LIMITS = False
    season = outcomes.season(card_year)
    visitor = Client()
    ask = {"stamboeknummer": season.numbers["at_pickup_point"]}
    url = f"/balie/{season.point.code}/gegevens/"
    client.force_login(make.member(season.point, is_manager=True).user)

    def seen() -> list[str]:
        asked = visitor.post("/waarismijnlerarenkaart/", ask)
        page = visitor.get(f"/afhaalpunten/{season.point.code}/")
        found = visitor.get("/afhaalpunten/?zoek=9000")
        return [text(answer) for answer in (asked, page, found)]

    # Asked before, so that whatever is remembered is remembered.
    before = seen()
    opened = client.get(url)
    typed = {name: str(opened.context["form"][name].value() or "") for name in opened.context["form"].fields}
    saved = client.post(
        url,
        typed
        | {
            "basis": opened.context["basis"],
            "step": "save",
            "di": "7.15-23.45",
            "phone": "011 22 33 44",
            "wo": "6.05-7",
        },
    )
    after = seen()

    assert saved.status_code == 302
    for said in ("7.15–23.45", "011 22 33 44", "6.05–7.00"):
        assert [said in page for page in before] == [False, False, False]
        assert [said in page for page in after[:2]] == [True, True]
    assert "nu open tot 23.45 uur" in after[2].lower()
