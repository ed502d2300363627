"""The log of security events: each is really told by what people do, with the number of an account and nothing of a person."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from knox.models import AuthToken

from distribution import tasks
from distribution.models import CardYear, Job
from distribution.rules import four_eyes
from lerarenkaart import request_log
from lerarenkaart.accounts import links
from pickup_points.models import User
from pickup_points.security_events import LOGGER, SecurityEvent, tell_once_done
from tests import files, make, outcomes
from tests.corpus.build import FILES
from tests.distribution import office_year
from tests.lerarenkaart.accounts.conftest import PASSWORD, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "fresh_counters")]
SECURITY = Path(__file__).resolve().parents[2] / "docs" / "security.md"
STEPS = "/account/twee-stappen/"
NEW = "weer-een-lang-wachtwoord-met-woorden"
LINE = re.compile(r"[a-z_]+( (account|by|job|count)=\d+| (how|why|what|was|became)=[a-z_+]+| request=[0-9a-f]{32})*")


@dataclass(frozen=True)
class Stage:
    """An stands at a desk and manages it; Kim and Noor are of the office."""

    an: User
    kim: User
    noor: User
    year: CardYear
    settings: Any
    folder: Any

    def as_an(self) -> Client:
        client = Client()
        log_in(client, self.an.email)
        return client

    def as_kim(self) -> Client:
        return self._in(self.kim)

    def as_noor(self) -> Client:
        return self._in(self.noor)

    def _in(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client


@pytest.fixture
def stage(card_year: CardYear, settings: Any, tmp_path: Any) -> Stage:
    an = User.objects.create_user("an@voorbeeld.be", PASSWORD, name="An Voorbeeld")
    make.member(make.point("bib-an"), an, is_manager=True)
    return Stage(an, office_year.klasse(), office_year.klasse(), card_year, settings, tmp_path)


Flow = Callable[[Stage], "User | None"]
FLOWS: dict[SecurityEvent, list[Flow]] = {}


def tells(event: SecurityEvent) -> Callable[[Flow], Flow]:
    """A flow at the end of which this is in the log, about the account it gives; None when it is about nobody we know."""

    def keep(flow: Flow) -> Flow:
        FLOWS.setdefault(event, []).append(flow)
        return flow

    return keep


@tells(SecurityEvent.LOGGED_IN)
def comes_in(stage: Stage) -> User:
    stage.as_an()
    return stage.an


@tells(SecurityEvent.LOGIN_FAILED)
def wrong_password(stage: Stage) -> User:
    log_in(Client(), stage.an.email, "geen wachtwoord van haar")
    return stage.an


@tells(SecurityEvent.LOGIN_FAILED)
def nobody_we_know(stage: Stage) -> None:
    log_in(Client(), "vreemde@voorbeeld.be")


@tells(SecurityEvent.LOGIN_FAILED)
def a_passkey_of_nobody(stage: Stage) -> None:
    Client().post(f"{STEPS}passkeys/login/", {"credential": '{"id": "x"}'})


@tells(SecurityEvent.TOO_MANY_TRIES)
def guesses_on(stage: Stage) -> User:
    for number in range(6):
        log_in(Client(), stage.an.email, f"gok-{number}")
    return stage.an


@tells(SecurityEvent.TOO_MANY_TRIES)
def guesses_codes(stage: Stage) -> User:
    make.second_factor(stage.an)
    client = stage.as_an()
    for number in range(6):
        client.post(f"{STEPS}code/", {"code": f"{number:06d}"})
    return stage.an


@tells(SecurityEvent.TOO_MANY_TRIES)
def asks_many_links(stage: Stage) -> User:
    for _ in range(4):
        Client().post("/account/wachtwoord/vergeten/", {"email": stage.an.email})
    return stage.an


@tells(SecurityEvent.LOGGED_OUT)
def goes(stage: Stage) -> User:
    stage.as_an().post("/account/logout/")
    return stage.an


@tells(SecurityEvent.SESSIONS_ENDED)
def goes_everywhere_else(stage: Stage) -> User:
    here, _ = stage.as_an(), stage.as_an()
    here.post("/account/toestellen/", {"toestel": "alle"})
    return stage.an


@tells(SecurityEvent.SECOND_STEP_FAILED)
def wrong_code(stage: Stage) -> User:
    make.second_factor(stage.an)
    stage.as_an().post(f"{STEPS}code/", {"code": "000000"})
    return stage.an


@tells(SecurityEvent.SECOND_STEP_FAILED)
def same_code_twice(stage: Stage) -> User:
    code = make.code_of(make.second_factor(stage.an))
    for _ in range(2):
        stage.as_an().post(f"{STEPS}code/", {"code": code})
    return stage.an


@tells(SecurityEvent.SECOND_STEP_FAILED)
def wrong_passkey(stage: Stage) -> User:
    make.second_factor(stage.an)
    stage.as_an().post(f"{STEPS}code/", {"credential": '{"id": "x"}'})
    return stage.an


def with_an_app(stage: Stage) -> Client:
    client = stage.as_an()
    shown = client.get(f"{STEPS}app/").content.decode()
    secret = re.findall(r"<code>([A-Z2-7]+)</code>", shown)[0]
    client.post(f"{STEPS}app/", {"code": make.code_of(secret)})
    return client


@tells(SecurityEvent.SECOND_STEP_ADDED)
def sets_up_an_app(stage: Stage) -> User:
    with_an_app(stage)
    return stage.an


@tells(SecurityEvent.SECOND_STEP_REMOVED)
def takes_it_away(stage: Stage) -> User:
    with_an_app(stage).post(f"{STEPS}app/uit/")
    return stage.an


@tells(SecurityEvent.SECOND_STEP_RESET)
def klasse_takes_it_away(stage: Stage) -> User:
    stage.as_kim().post(f"/beheer/accounts/{stage.noor.pk}/tweede-stap/")
    return stage.noor


@tells(SecurityEvent.SECOND_STEP_RESET)
def the_server_takes_it_away(stage: Stage) -> User:
    call_command("reset_second_step", stage.noor.email)
    return stage.noor


@tells(SecurityEvent.RECOVERY_CODES_RENEWED)
def new_recovery_codes(stage: Stage) -> User:
    with_an_app(stage).post(f"{STEPS}herstelcodes/nieuw/")
    return stage.an


@tells(SecurityEvent.PASSWORD_CHANGED)
def another_password(stage: Stage) -> User:
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    stage.as_an().post("/account/wachtwoord/", typed)
    return stage.an


def chooses_by_link(user: User) -> None:
    client = Client()
    page = client.get(links.to_choose_a_password(user), follow=True)
    client.post(page.request["PATH_INFO"], {"name": "Lou", "password1": NEW, "password2": NEW})


@tells(SecurityEvent.PASSWORD_CHANGED)
def forgot(stage: Stage) -> User:
    chooses_by_link(stage.an)
    return stage.an


@tells(SecurityEvent.INVITATION_USED)
def comes_in_the_first_time(stage: Stage) -> User:
    lou = User.objects.create_user("lou@voorbeeld.be")
    chooses_by_link(lou)
    return lou


@tells(SecurityEvent.INVITED)
def klasse_invites(stage: Stage) -> User:
    stage.as_kim().post("/beheer/accounts/uitnodigen/", {"email": "lou@voorbeeld.be", "role": "reader"})
    return User.objects.get(email="lou@voorbeeld.be")


@tells(SecurityEvent.INVITED)
def a_manager_invites(stage: Stage) -> User:
    stage.as_an().post(
        "/balie/bib-an/collegas/uitnodigen/", {"email": "lou@voorbeeld.be", "name": "Lou", "role": "desk"}
    )
    return User.objects.get(email="lou@voorbeeld.be")


@tells(SecurityEvent.INVITED)
def the_server_invites(stage: Stage) -> User:
    call_command("add_user", "lou@voorbeeld.be", "--desk=bib-an")
    return User.objects.get(email="lou@voorbeeld.be")


@tells(SecurityEvent.ROLE_CHANGED)
def klasse_changes_a_role(stage: Stage) -> User:
    stage.as_kim().post(f"/beheer/accounts/{stage.noor.pk}/rol/", {"role": "reader"})
    return stage.noor


@tells(SecurityEvent.ROLE_CHANGED)
def a_manager_takes_someone_away(stage: Stage) -> User:
    lou = make.member(stage.an.desks.get().point).user
    stage.as_an().post("/balie/bib-an/collegas/weg/", {"member": str(lou.desks.get().pk)})
    return lou


@tells(SecurityEvent.ROLE_CHANGED)
def the_server_gives_a_role(stage: Stage) -> User:
    call_command("add_user", stage.an.email, "--office")
    return stage.an


@tells(SecurityEvent.SWITCHED_OFF)
def switched_off(stage: Stage) -> User:
    stage.as_kim().post(f"/beheer/accounts/{stage.an.pk}/uitschakelen/")
    return stage.an


@tells(SecurityEvent.SWITCHED_ON)
def switched_on(stage: Stage) -> User:
    User.objects.filter(pk=stage.an.pk).update(is_active=False)
    stage.as_kim().post(f"/beheer/accounts/{stage.an.pk}/aanzetten/")
    return stage.an


@tells(SecurityEvent.KEY_MADE)
def key_made(stage: Stage) -> User:
    call_command("add_user", stage.an.email, "--desk=bib-an", "--token")
    return stage.an


@tells(SecurityEvent.KEY_ENDED)
def key_ended(stage: Stage) -> User:
    AuthToken.objects.create(stage.an)
    kim = stage.as_kim()
    page = kim.get(f"/beheer/accounts/{stage.an.pk}/").content.decode()
    ref = re.findall(r'name="sleutel" value="(\w+)"', page)[0]
    kim.post(f"/beheer/accounts/{stage.an.pk}/sleutel/", {"sleutel": ref})
    return stage.an


@tells(SecurityEvent.ACCESS_REFUSED)
def at_a_desk_of_others(stage: Stage) -> User:
    make.point("bib-anders")
    stage.as_an().get("/balie/bib-anders/")
    return stage.an


@tells(SecurityEvent.ACCESS_REFUSED)
def at_a_desk_of_others_by_program(stage: Stage) -> User:
    stage.as_an().get("/api/v1/desk/cards/?q=Pee&point=bib-anders")
    return stage.an


@tells(SecurityEvent.ACCESS_REFUSED)
def at_the_office(stage: Stage) -> User:
    stage.as_an().get("/beheer/accounts/")
    return stage.an


@tells(SecurityEvent.ACCESS_REFUSED)
def at_the_figures_by_program(stage: Stage) -> User:
    stage.as_an().get("/api/v1/reports/figures/")
    return stage.an


@tells(SecurityEvent.ACCESS_REFUSED)
def at_the_technical_admin(stage: Stage) -> User:
    stage.as_an().get("/technisch-beheer/login/")
    return stage.an


@tells(SecurityEvent.ACCESS_REFUSED)
def without_the_second_step(stage: Stage) -> User:
    User.objects.filter(pk=stage.an.pk).update(klasse_role="office")
    stage.as_an().get("/beheer/")
    return stage.an


@tells(SecurityEvent.TOKEN_REFUSED)
def token_of_nobody(stage: Stage) -> None:
    Client().get("/api/v1/desk/cards/?q=Pee", headers={"Authorization": "Token " + "0" * 64})


@tells(SecurityEvent.FORM_REFUSED)
def form_of_another_site(stage: Stage) -> None:
    Client(enforce_csrf_checks=True).post("/waarismijnlerarenkaart/", {"stamboeknummer": "1"})


@tells(SecurityEvent.GUESSING_NOTICED)
def guesses_numbers(stage: Stage) -> None:
    outcomes.season(stage.year)
    for place in range(13):
        asked = {"stamboeknummer": make.staff_number(), "postcode": "9000"}
        Client().post("/waarismijnlerarenkaart/", asked, REMOTE_ADDR=f"192.0.2.{place}")


@tells(SecurityEvent.UPLOAD_REFUSED)
def a_file_too_large(stage: Stage) -> None:
    stage.settings.UPLOAD_MAX_MB = 1
    send(stage.as_kim(), b"x" * (1024 * 1024 + 1))


@tells(SecurityEvent.UPLOAD_REFUSED)
def a_file_where_none_is_asked(stage: Stage) -> None:
    Client().post("/waarismijnlerarenkaart/", {"bestand": SimpleUploadedFile("x.csv", b"x" * 100)})


@tells(SecurityEvent.UPLOAD_REFUSED)
def a_hostile_file(stage: Stage) -> User:
    looked_at(stage.as_kim(), (FILES / "I22-external.xlsx").read_bytes(), name="p.xlsx")
    return stage.kim


def send(client: Client, content: bytes, *, name: str = "bestand.csv") -> str:
    sent = {"soort": "personeel", "bestand": SimpleUploadedFile(name, content)}
    return str(client.post("/beheer/bestanden/insturen/", sent)["Location"])


def looked_at(client: Client, content: bytes, *, name: str = "bestand.csv") -> str:
    page = send(client, content, name=name)
    tasks.do_job(Job.objects.latest("pk").pk)
    return page


def asked_by_force(stage: Stage) -> Job:
    """Kim wants a file in which half of the people are gone."""
    kim = stage.as_kim()
    for serials in (range(20), range(10)):
        people = files.personnel(stage.folder / "p.csv", *map(files.appointment, serials)).read_bytes()
        page = looked_at(kim, people)
        kim.post(f"{page}inlezen/", {"reden": "Pensioen"} if len(serials) == 10 else {})
        tasks.do_job(Job.objects.latest("pk").pk)
    return Job.objects.latest("pk")


@tells(SecurityEvent.SAME_EYES_REFUSED)
def agrees_with_herself(stage: Stage) -> User:
    job = asked_by_force(stage)
    stage.as_kim().post(f"/beheer/werk/{job.pk}/akkoord/")
    return stage.kim


@tells(SecurityEvent.AGREED_BY_TWO)
def a_colleague_agrees(stage: Stage) -> User:
    job = asked_by_force(stage)
    stage.as_noor().post(f"/beheer/werk/{job.pk}/akkoord/")
    return stage.kim


@tells(SecurityEvent.FORCED)
def a_file_is_forced(stage: Stage) -> User:
    job = asked_by_force(stage)
    stage.as_noor().post(f"/beheer/werk/{job.pk}/akkoord/")
    tasks.do_job(job.pk)
    return stage.kim


@tells(SecurityEvent.RELEASED_BY_TWO)
def a_colleague_releases(stage: Stage) -> User:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(four_eyes, "MANY_PEOPLE", 0)
        looked_at(stage.as_kim(), (FILES / "R08.csv").read_bytes())
        stage.as_noor().post(f"/beheer/werk/{Job.objects.latest('pk').pk}/vrijgeven/")
    return stage.kim


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == LOGGER]


@pytest.mark.parametrize("event", SecurityEvent)
def test_each_event_is_told_by_what_people_do(
    event: SecurityEvent, stage: Stage, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    secrets = ["voorbeeld.be", "Voorbeeld", PASSWORD, NEW, "Kim", "192.0.2"]
    for flow in FLOWS[event]:
        caplog.clear()
        with transaction.atomic():
            with caplog.at_level(logging.INFO, LOGGER), django_capture_on_commit_callbacks(execute=True):
                about = flow(stage)
            transaction.set_rollback(True)

        lines = said(caplog)
        wanted = event.value if about is None else f"{event.value} account={about.pk}"
        assert [line for line in lines if line == wanted or line.startswith(f"{wanted} ")], (flow.__name__, lines)
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert [secret for secret in secrets if secret in " ".join(lines)] == []


def test_a_line_names_its_request(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        answer = log_in(Client(), "vreemde@voorbeeld.be")

    assert said(caplog) == [f"login_failed how=password request={answer[request_log.HEADER]}"]
    assert caplog.records[-2].__dict__["security_event"] == "login_failed"


def test_the_document_names_every_event() -> None:
    told = SECURITY.read_text(encoding="utf-8").split("### Het logboek van de veiligheid")[1].split("\n## ")[0]

    names = [name for row in re.findall(r"^\| (`.+?) \|", told, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]

    assert sorted(names) == sorted(SecurityEvent)


def test_what_is_taken_back_leaves_no_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER), transaction.atomic():
        tell_once_done(SecurityEvent.INVITED, account=1)
        transaction.set_rollback(True)

    assert said(caplog) == []
