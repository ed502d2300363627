"""The number on a card, seen by a phone at a desk: what the script asks, what the form does, and that no picture stays."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from distribution.actions import desk_pictures
from distribution.actions.desk_pictures import PICTURES
from distribution.enums import Evidence
from distribution.intake.pictures import FRAME, PHOTO
from distribution.models import Card, CardYear, HandOver
from pickup_points.desks import Desk
from tests import make
from tests.card_pictures import bars, card, file, held, nothing, qr
from tests.conftest import NOW
from tests.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "fresh_counters")]
FRAMES, PHOTOS = "/balie/gent/camerabeeld/", "/balie/gent/foto/"
# The smallest picture: most of what a door does has nothing to do with what is in it.
SPECK = file(nothing((40, 30)))


@pytest.fixture
def today() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(card_year: CardYear) -> Desk:
    return make.member(make.point("gent", year=card_year.year, name="Bibliotheek Gent"))


@pytest.fixture
def waiting(card_year: CardYear, desk: Desk) -> Card:
    return make.card(make.person(card_year, "Zeldzaam", "Zita"), at=desk.point)


@pytest.fixture
def at_desk(client: Client, desk: Desk) -> Client:
    client.force_login(desk.user)
    return client


def frame(client: Client, picture: bytes, **more: Any) -> Any:
    return client.post(FRAMES, picture, content_type="image/jpeg", headers={"Accept": "application/json"}, **more)


def photo(client: Client, picture: bytes, **more: Any) -> Any:
    return client.post(PHOTOS, {"foto": SimpleUploadedFile("foto.jpg", picture)} | more, follow=True)


def test_a_frame_is_answered_with_the_number_and_nothing_is_done(at_desk: Client, waiting: Card) -> None:
    answer = frame(at_desk, file(held(card(qr(waiting.number)))))

    assert (answer.status_code, answer.json()) == (200, {"number": waiting.number})
    assert HandOver.objects.count() == 0
    assert frame(at_desk, file(nothing())).json() == {"number": None}


@pytest.mark.parametrize(
    ("picture", "status", "code"),
    [
        (b"geen foto", 422, "not_a_picture"),
        (file(nothing((2_200, 2_000))), 413, "picture_too_large"),
        (SPECK + bytes(FRAME.most_bytes), 413, "picture_too_large"),
        (file(held(card(qr("62700000162"), qr("62700000259")), share=0.95)), 422, "several_cards"),
    ],
    ids=["no picture", "pixels", "bytes", "two cards"],
)
def test_a_frame_that_cannot_be_read_is_refused_in_dutch(
    at_desk: Client, picture: bytes, status: int, code: str
) -> None:
    answer = frame(at_desk, picture)

    told = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert told["detail"].endswith(".")
    assert [word for word in ("foto", "kaart") if word in told["detail"]] != []


def test_a_photo_of_a_waiting_card_hands_it_over_as_scanning_does(at_desk: Client, waiting: Card) -> None:
    answer = photo(
        at_desk, file(held(card(bars(waiting.number)), turned=40)), id="6f1c3a52-7d0e-4b7e-9a54-0c1d2e3f4a5b"
    )

    given = HandOver.objects.get()
    assert (given.card, given.evidence) == (waiting, Evidence.SCAN)
    assert "Zeldzaam Zita" in text(answer)
    assert [address for address, _ in answer.redirect_chain] == ["/balie/gent/"]
    # Sent twice, with the same form: one hand-over.
    photo(at_desk, file(held(card(bars(waiting.number)))), id="6f1c3a52-7d0e-4b7e-9a54-0c1d2e3f4a5b")
    assert HandOver.objects.count() == 1


def test_a_photo_of_a_staff_number_shows_its_card_and_not_the_number(at_desk: Client, waiting: Card) -> None:
    number = waiting.person.staff_number

    answer = photo(at_desk, file(held(card(qr(f"{number}-70101")))))

    assert "1 kaart gevonden" in text(answer)
    assert number not in answer.content.decode()
    assert answer["Permissions-Policy"] == "camera=(self), geolocation=(), microphone=()"
    assert HandOver.objects.count() == 0


@pytest.mark.parametrize(
    ("picture", "status", "sentence"),
    [
        (file(nothing()), 200, "Op deze foto lezen we geen nummer."),
        (b"geen foto", 422, "Dit is geen foto die we kunnen lezen."),
        (SPECK + bytes(PHOTO.most_bytes - len(SPECK) - 2_000), 200, "Op deze foto lezen we geen nummer."),
        (SPECK + bytes(PHOTO.most_bytes), 413, "Deze foto is te groot."),
        (b"", 400, "Kies een foto van de kaart"),
    ],
    ids=["no code", "no picture", "large", "too large", "empty"],
)
def test_a_photo_that_says_nothing_is_answered_by_the_desk_itself(
    at_desk: Client, picture: bytes, status: int, sentence: str
) -> None:
    answer = photo(at_desk, picture)

    assert answer.status_code == status
    assert sentence in text(answer)
    assert "Zoek een naam, of scan de kaart" in text(answer)


def test_a_form_without_a_photo_says_so(at_desk: Client) -> None:
    answer = at_desk.post(PHOTOS, {"foto": "gewoon wat letters"})

    assert answer.status_code == 400
    assert "Kies een foto van de kaart" in text(answer)


def test_a_photo_lies_on_no_disk_and_in_no_log(
    at_desk: Client, waiting: Card, caplog: pytest.LogCaptureFixture, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    caplog.set_level(logging.DEBUG)
    # Above what Django keeps in memory by itself.
    picture = file(held(card(qr(waiting.number)))) + bytes(4_000_000)
    before = tmp_path.stat().st_mtime_ns

    time.sleep(0.02)
    answer = photo(at_desk, picture)

    assert "Zeldzaam Zita" in text(answer)
    # Not even for a moment: the folder was never touched.
    assert (list(tmp_path.iterdir()), tmp_path.stat().st_mtime_ns) == ([], before)
    assert [line for line in caplog.messages if waiting.number in line or "foto.jpg" in line] == []


def test_a_stranger_finds_no_camera_and_whoever_is_not_logged_in_sends_nothing(desk: Desk, card_year: CardYear) -> None:
    stranger, nobody = Client(), Client()
    stranger.force_login(make.member(make.point("elders", year=card_year.year)).user)

    assert [frame(stranger, SPECK).status_code, photo(stranger, SPECK).status_code] == [404, 404]
    assert frame(nobody, SPECK).status_code == 401
    sent = nobody.post(PHOTOS, {"foto": SimpleUploadedFile("foto.jpg", SPECK)})
    assert (sent.status_code, sent["Location"].split("?")[0]) == (302, "/account/login/")
    # Not even taken in.
    assert dict(sent.wsgi_request.FILES) == {}
    assert [frame(nobody, SPECK).status_code, Client().get(FRAMES).status_code] == [401, 405]


@pytest.mark.parametrize("path", [FRAMES, PHOTOS])
def test_no_picture_is_read_without_its_token_t10(desk: Desk, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.user)

    assert client.post(path, SPECK, content_type="image/jpeg").status_code == 403
    assert client.post(path, {"foto": SimpleUploadedFile("foto.jpg", SPECK)}).status_code == 403


def test_a_photo_is_taken_at_its_own_door_only_t07(at_desk: Client) -> None:
    answer = at_desk.post("/balie/gent/", {"q": "zeldzaam", "foto": SimpleUploadedFile("foto.jpg", SPECK)})

    assert answer.status_code == 200
    assert dict(answer.wsgi_request.FILES) == {}


def test_more_pictures_than_a_camera_makes_are_refused_for_a_minute(at_desk: Client, desk: Desk, today: Any) -> None:
    for _ in range(PICTURES.most - 1):
        desk_pictures.count(by=desk.user, at=NOW, redis_url=site.REDIS_URL, secret=site.SECRET_KEY)

    assert [frame(at_desk, SPECK).status_code for _ in range(2)] == [200, 429]
    refused = frame(at_desk, SPECK)
    assert (refused["Retry-After"], refused.json()["code"]) == ("60", "too_many_pictures")
    assert photo(at_desk, SPECK).status_code == 429
    # Of this account, not of its colleague.
    colleague = Client()
    colleague.force_login(make.member(desk.point).user)
    assert frame(colleague, SPECK).status_code == 200

    today.shift(61)
    assert frame(at_desk, SPECK).status_code == 200
