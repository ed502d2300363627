"""The figures for programs: for the people of Klasse alone, asked strictly, small groups without numbers."""

from typing import Any

import pytest
from django.test import Client
from knox.models import AuthToken

from distribution.models import CardYear
from pickup_points.models import KlasseRole, User
from tests import make
from tests.distribution import seasons

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports/figures/"


def client_of(role: str, *, by_token: bool = False) -> Client:
    user = make.new_user()
    User.objects.filter(pk=user.pk).update(klasse_role=role)
    user.refresh_from_db()
    if by_token:
        return Client(headers={"Authorization": f"Token {AuthToken.objects.create(user)[1]}"})
    make.second_factor(user)
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", [KlasseRole.OFFICE, KlasseRole.READER])
@pytest.mark.parametrize("by_token", [False, True])
def test_people_of_klasse_read_the_figures(role: str, by_token: bool, card_year: CardYear) -> None:  # noqa: FBT001
    seasons.sent_home(card_year, 3)

    answer = client_of(role, by_token=by_token).get(URL, {"years": "2027"})

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    [row] = answer.json()["rows"]
    assert (row["year"], row["channel"], row["cards"], row["collected"]) == (2027, "all", 3, None)


def test_others_do_not(card_year: CardYear) -> None:
    manager = Client()
    manager.force_login(make.member(make.point(year=2027), is_manager=True).user)

    refused = manager.get(URL)

    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert refused["Content-Type"] == "application/problem+json"
    assert Client().get(URL).status_code == 401


def test_without_a_second_factor_nobody_reads(card_year: CardYear) -> None:
    user = make.new_user()
    User.objects.filter(pk=user.pk).update(klasse_role=KlasseRole.OFFICE)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))

    assert client.get(URL).json()["code"] == "second_factor_needed"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"years": "27"}, "bad_years"),
        ({"years": "2027-2026"}, "bad_years"),
        ({"by": "person"}, "bad_value"),
        ({"period": "month"}, "bad_value"),
        ({"borders": "1800"}, "bad_value"),
        ({"year": "2027"}, "unknown_parameter"),
        ({"by": ["level", "level"]}, "duplicate_parameter"),
        ({"years": "2" * 30}, "too_long"),
        ({"by": "level\x00"}, "bad_character"),
    ],
)
def test_a_question_that_is_none_is_refused(asked: dict[str, Any], code: str) -> None:
    answer = client_of(KlasseRole.READER).get(URL, asked)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_small_groups_are_suppressed_and_the_total_keeps_them(card_year: CardYear) -> None:
    seasons.sent_home(card_year, 3, level="kleuter")
    seasons.sent_home(card_year, 9)
    seasons.sent_home(card_year, 8, level="clb")

    found = client_of(KlasseRole.READER).get(URL, {"by": "level"}).json()

    assert [(row["level"], row["cards"], row.get("suppressed")) for row in found["rows"]] == [
        ("kleuter", None, True),
        ("lager", 9, None),
        ("clb", None, True),
    ]
    assert found["totals"][0]["cards"] == 20


def test_the_document_describes_it(client: Client) -> None:
    document = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    described = document["paths"][URL]["get"]

    assert {each["name"] for each in described["parameters"]} == {"years", "by", "period", "borders"}
    assert set(described["responses"]) == {"200", "400", "401", "403"}
