"""The pages for what could not be shown: a way on for who works here, nothing learnt of what there is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.models import CardYear
from pickup_points.models import KlasseRole
from tests import make

pytestmark = pytest.mark.django_db
TO_WORK = '<a class="button" href="/balie/">Terug naar je werk</a>'
TO_CARD = '<a class="button" href="/waarismijnlerarenkaart/">Zoek je Lerarenkaart</a>'
MAY_NOT = "Misschien mag je deze pagina niet zien"


def test_a_stranger_gets_the_public_page_without_a_question_to_the_database(client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/nergens/")

    text = page.content.decode()
    assert (page.status_code, len(asked)) == (404, 0)
    assert (TO_CARD in text, TO_WORK in text, MAY_NOT in text) == (True, False, False)
    assert page["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", [None, KlasseRole.READER, KlasseRole.OFFICE])
def test_who_is_logged_in_finds_the_way_back_to_work(client: Client, role: KlasseRole | None) -> None:
    user = make.new_user()
    if role:
        user.klasse_role = role
        user.save()
    client.force_login(user)

    text = client.get("/nergens/").content.decode()

    assert (TO_CARD in text, TO_WORK in text, MAY_NOT in text) == (False, True, True)


def test_what_is_not_there_and_what_one_may_not_see_are_one_page(client: Client, card_year: CardYear) -> None:
    make.point("van-anderen", year=card_year.year)
    client.force_login(make.member(make.point("van-mij", year=card_year.year)).user)

    there, nowhere = (client.get(f"/balie/{code}/") for code in ("van-anderen", "bestaat-niet"))

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.content == nowhere.content


def test_a_page_that_stood_open_too_long_leads_back_to_work_too() -> None:
    strict = Client(enforce_csrf_checks=True)
    stranger = strict.post("/waarismijnlerarenkaart/").content.decode()
    strict.force_login(make.new_user())
    known = strict.post("/waarismijnlerarenkaart/").content.decode()

    assert (TO_CARD in stranger, TO_WORK in stranger) == (True, False)
    assert (TO_CARD in known, TO_WORK in known) == (False, True)
