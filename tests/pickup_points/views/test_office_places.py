"""Klasse edits a point: look, then save; a new point; and a point that joins the year."""

import pytest
from django.test import Client

from distribution.models import CardYear
from pickup_points.models import KlasseRole, PickupPoint, PointChange, PointYear, ServedPostcode
from tests import make
from tests.distribution import office_year
from tests.pages import text
from tests.pickup_points.own_data_page import errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PAGE, NEW = "/beheer/punten/gent/gegevens/", "/beheer/punten/nieuw/"


@pytest.fixture
def office(client: Client, card_year: CardYear) -> Client:
    make.point("gent", year=2027, serves="9000")
    client.force_login(office_year.klasse())
    return client


def start(client: Client, url: str = PAGE) -> dict[str, str]:
    """The form as it opens, ready to be changed and sent."""
    answer = client.get(url)
    form = answer.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields} | {"basis": answer.context["basis"]}


def test_looking_changes_nothing_and_says_what_will(office: Client) -> None:
    make.point("aalst", year=2027, serves="9300")
    make.card(make.person(CardYear.objects.get()), at=PickupPoint.objects.get(code="gent"))

    answer = office.post(PAGE, start(office) | {"serves": "9000 9300", "ma": "10-12", "step": "review"})

    assert answer.status_code == 200
    page = text(answer)
    assert "9300, nu bij Bibliotheek aalst" in page
    assert "1 mens wacht hier nog op zijn kaart." in page
    assert "Maandag Was 9.00–12.00 en 13.30–18.00 Wordt 10.00–12.00" in page
    assert "Vaste postcodes Was 9000 Wordt 9000, 9300" in page
    assert not PointChange.objects.exists()


def test_saving_leads_to_the_point(office: Client) -> None:
    typed = start(office) | {"name": "De Krook", "latitude": "51,05", "longitude": "3,72"}

    answer = office.post(PAGE, typed | {"step": "save"})

    assert answer["Location"] == "/beheer/punten/gent/"
    point = PickupPoint.objects.get()
    assert (point.name, point.latitude, point.longitude) == ("De Krook", 51.05, 3.72)
    assert "De Krook" in office.get("/beheer/punten/gent/").content.decode()


def test_what_cannot_be_read_is_said_at_its_field(office: Client) -> None:
    wrong = {"name": "", "postcode": "90", "latitude": "51.05", "serves": "9000 x", "ma": "24 uur"}

    answer = office.post(PAGE, start(office) | wrong | {"step": "save"})

    assert answer.status_code == 422
    assert {name: len(found) for name, found in errors(answer).items()} == dict.fromkeys(wrong, 1)
    assert not PointChange.objects.exists()


def test_a_change_in_between_is_said_and_what_was_typed_stays(office: Client) -> None:
    typed = start(office) | {"name": "De Krook", "step": "save"}
    PickupPoint.objects.update(phone="09 111 11 11")

    answer = office.post(PAGE, typed)

    assert answer.status_code == 409
    assert "Telefoon Was niets ingevuld Werd 09 111 11 11" in text(answer)
    assert answer.context["form"]["name"].value() == "De Krook"
    assert PickupPoint.objects.get().name == "Bibliotheek gent"


def test_a_forged_basis_saves_nothing(office: Client) -> None:
    answer = office.post(PAGE, start(office) | {"name": "De Krook", "basis": "verzonnen", "step": "save"})

    assert answer.status_code == 409
    assert PickupPoint.objects.get().name == "Bibliotheek gent"


def test_going_back_keeps_what_was_typed(office: Client) -> None:
    answer = office.post(PAGE, start(office) | {"name": "De Krook", "step": "edit"})

    assert answer.context["form"]["name"].value() == "De Krook"


def test_a_new_point_is_looked_at_and_made(office: Client) -> None:
    typed = start(office, NEW) | {
        "code": "temse", "name": "Bib Temse", "kind": "bibliotheek", "street": "Markt", "house_number": "1",
        "postcode": "9140", "municipality": "Temse", "serves": "9140", "di": "9-12",
    }  # fmt: skip

    assert "Naam Was niets ingevuld Wordt Bib Temse" in text(office.post(NEW, typed | {"step": "review"}))
    answer = office.post(NEW, typed | {"step": "save"})

    assert answer["Location"] == "/beheer/punten/temse/"
    made = PickupPoint.objects.get(code="temse")
    assert (made.hours, PointYear.objects.filter(point=made, year=2027).exists()) == ({"di": "09:00-12:00"}, True)
    assert ServedPostcode.objects.get(point=made).postcode == "9140"


@pytest.mark.parametrize("code", ["gent", "nieuw", "postcodes", "Temse", ""])
def test_a_code_that_is_taken_or_cannot_be_is_refused(code: str, office: Client) -> None:
    typed = start(office, NEW) | {
        "name": "Bib", "kind": "ander", "street": "Markt", "postcode": "9140", "municipality": "Temse", "code": code
    }  # fmt: skip

    answers = [office.post(NEW, typed | {"step": step}) for step in ("review", "save")]

    assert [(one.status_code, list(errors(one))) for one in answers] == [(422, ["code"])] * 2
    assert PickupPoint.objects.count() == 1


def test_joining_leads_to_the_form(office: Client) -> None:
    make.point("oud")

    answer = office.post("/beheer/punten/oud/meedoen/?jaar=2027")

    assert answer["Location"] == "/beheer/punten/oud/gegevens/?jaar=2027"
    assert PointYear.objects.filter(point__code="oud", year=2027).exists()
    assert "serves" in office.get(answer["Location"]).context["form"].fields


def test_a_point_outside_the_year_has_no_postcodes_to_fill_in(office: Client) -> None:
    make.point("oud")

    form = office.get("/beheer/punten/oud/gegevens/").context["form"]

    assert {"serves", "choice_for", "collect_from", "collect_until"} & set(form.fields) == set()


def test_giving_postcodes_leads_back_to_the_same_list(office: Client) -> None:
    url = "/beheer/punten/postcodes/toewijzen/?jaar=2027&zonder=1"

    answer = office.post(url, {"postcode": ["9031", "9040", "no", "<b>xx"], "naar": "gent"})

    assert answer["Location"] == "/beheer/punten/postcodes/?jaar=2027&zonder=1"
    assert sorted(ServedPostcode.objects.values_list("postcode", flat=True)) == ["9000", "9031", "9040"]
    assert "2 postcodes horen nu bij Bibliotheek gent." in office.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"naar": "gent"}, "Vink minstens één postcode aan."),
        ({"postcode": "9031"}, "Kies bij welk afhaalpunt deze postcodes horen."),
        ({"postcode": "9031", "naar": "weg"}, "Kies bij welk afhaalpunt deze postcodes horen."),
        ({"postcode": "9031", "naar": "oud"}, "Dat afhaalpunt doet dit jaar niet mee."),
    ],
)
def test_giving_postcodes_that_cannot_be_given_changes_nothing(
    typed: dict[str, str], sentence: str, office: Client
) -> None:
    make.point("oud")

    answer = office.post("/beheer/punten/postcodes/toewijzen/", typed, follow=True)

    assert sentence in answer.content.decode()
    assert ServedPostcode.objects.get().postcode == "9000"


def test_readers_and_managers_find_nothing(office: Client) -> None:
    visitors = [office_year.klasse(KlasseRole.READER), make.member(PickupPoint.objects.get(), is_manager=True).user]
    for visitor in visitors:
        client = Client()
        client.force_login(visitor)
        assert [client.get(PAGE).status_code, client.get(NEW).status_code] == [404, 404]
