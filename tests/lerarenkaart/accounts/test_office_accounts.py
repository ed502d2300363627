"""/beheer/accounts/: invite, change, remind, switch off; nobody themselves or the last one; each of it written down."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from lerarenkaart.accounts import changes, office_views
from lerarenkaart.accounts.changes import LastOffice, NoLongerOffice, NotYourself, TechnicalAccount
from pickup_points import desks
from pickup_points.models import AccountEvent, KlasseRole, User
from tests import at_once, make
from tests.conftest import NOW
from tests.distribution import office_year
from tests.lerarenkaart.accounts.conftest import ANOTHER, PASSWORD, is_logged_in, log_in
from tests.pages import text

pytestmark = pytest.mark.django_db
ACCOUNTS = "/beheer/accounts/"


@pytest.fixture
def noor(db: None) -> User:
    return office_year.klasse(name="Noor Klasse", email="noor@voorbeeld.be")


@pytest.fixture
def office(kim: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Kim, logged in, with a queue that does its tasks at once."""
    monkeypatch.setattr(office_views, "enqueue", at_once.enqueue)
    client = Client()
    client.force_login(kim)
    return client


def events(user: User) -> list[tuple[str, str, str, User | None]]:
    return [(one.kind, one.was, one.became, one.by) for one in AccountEvent.objects.filter(user=user).order_by("pk")]


def test_invited_people_get_a_link_and_a_role(office: Client, kim: User) -> None:
    answer = office.post(
        f"{ACCOUNTS}uitnodigen/", {"email": "Nieuw@Voorbeeld.be", "name": "Lou Nieuw", "role": "reader"}
    )

    lou = User.objects.get(email="nieuw@voorbeeld.be")
    assert answer["Location"] == f"{ACCOUNTS}{lou.pk}/"
    assert (lou.klasse_role, lou.has_usable_password()) == ("reader", False)
    assert events(lou) == [("invited", "", "reader", kim)]
    (message,) = mail.outbox
    assert message.to == ["nieuw@voorbeeld.be"]
    lines = str(message.body).splitlines()
    assert lines[2] == "Je hebt een account om de cijfers van de Lerarenkaart te lezen."
    assert [line.startswith("http://localhost:8000/account/wachtwoord/nieuw/") for line in lines].count(True) == 1
    assert "http://localhost:8000/beheer/" in lines


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("geen adres", "Dit is geen e-mailadres."),
        ("iemand@voorbeeld.be\nBcc: x@voorbeeld.be", "Dit is geen e-mailadres."),
        ("noor@voorbeeld.be", "Noor Klasse heeft al een rol bij Klasse."),
    ],
)
def test_invitations_that_are_refused(email: str, sentence: str, office: Client, noor: User) -> None:
    answer = office.post(f"{ACCOUNTS}uitnodigen/", {"email": email, "role": "office"})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert (mail.outbox, AccountEvent.objects.count()) == ([], 0)


def test_roles_change_and_go(office: Client, kim: User, noor: User) -> None:
    for role in ("reader", "", "office"):
        office.post(f"{ACCOUNTS}{noor.pk}/rol/", {"role": role})

    assert events(noor) == [
        ("role", "office", "reader", kim),
        ("role", "reader", "", kim),
        ("role", "", "office", kim),
    ]
    assert "beheert het jaar → leest de cijfers, zonder namen" in text(office.get(f"{ACCOUNTS}{noor.pk}/"))


def test_switching_off_ends_sessions_links_and_keys_at_once(office: Client, kim: User, client: Client) -> None:
    an = User.objects.create_user("an@voorbeeld.be", PASSWORD, name="An")
    desk = make.member(make.point("bib-an"), an)
    log_in(client, an.email)
    _, token = AuthToken.objects.create(an)
    program = Client(headers={"Authorization": f"Token {token}"})
    address = "/api/v1/desk/cards/?q=x"
    assert [client.get("/balie/bib-an/overzicht/").status_code, program.get(address).status_code] == [200, 200]

    office.post(f"{ACCOUNTS}{an.pk}/uitschakelen/")

    assert client.get("/balie/bib-an/overzicht/").status_code == 302
    assert program.get(address).status_code == 401
    again = Client()
    log_in(again, an.email)
    assert not is_logged_in(again)
    assert events(an) == [("switched_off", "", "", kim)]

    office.post(f"{ACCOUNTS}{an.pk}/aanzetten/")

    # The session from before stays ended; a new password is chosen with the link in the mail.
    assert client.get("/balie/bib-an/overzicht/").status_code == 302
    assert [(one.kind, one.became) for one in AccountEvent.objects.filter(user=an)] == [
        ("switched_on", ""),
        ("switched_off", ""),
    ]
    assert "/account/wachtwoord/nieuw/" in str(mail.outbox[-1].body)
    assert desk.user == an


def test_who_lost_everything_begins_anew_by_mail_alone(office: Client, kim: User, client: Client) -> None:
    an = User.objects.create_user("an@voorbeeld.be", PASSWORD, name="An")
    make.member(make.point("bib-an"), an)
    client.force_login(an)
    make.second_factor(an)
    RecoveryCodes.activate(an)
    before = client.get("/balie/bib-an/overzicht/").status_code

    answer = office.post(f"{ACCOUNTS}{an.pk}/tweede-stap/", follow=True)

    assert "De tweede stap is weg. Een mail met een link om opnieuw te beginnen is onderweg." in text(answer)
    assert (Authenticator.objects.filter(user=an).count(), events(an)) == (0, [("step_reset", "", "", kim)])
    assert (before, client.get("/balie/bib-an/overzicht/").status_code) == (200, 302)
    thief = Client()
    log_in(thief, an.email)
    assert not is_logged_in(thief)
    (message,) = mail.outbox
    assert message.to == [an.email]
    (link,) = re.findall(r"http://localhost:8000(/account/wachtwoord/nieuw/\S+)", str(message.body))
    assert "Vroeg jij dit niet?" in str(message.body)
    owner = Client()
    page = owner.get(link, follow=True)
    owner.post(page.request["PATH_INFO"], {"password1": ANOTHER, "password2": ANOTHER})
    assert is_logged_in(owner)


def test_without_a_second_step_there_is_nothing_to_take(office: Client, kim: User) -> None:
    an = User.objects.create_user("an@voorbeeld.be", PASSWORD, name="An")

    answer = office.post(f"{ACCOUNTS}{an.pk}/tweede-stap/", follow=True)

    assert "Dit account heeft geen tweede stap om weg te halen." in text(answer)
    assert "Tweede stap kwijt?" not in text(answer)
    assert (events(an), mail.outbox, User.objects.get(pk=an.pk).has_usable_password()) == ([], [], True)


def test_nobody_changes_themselves(office: Client, kim: User, noor: User) -> None:
    for step in ("rol", "uitschakelen", "tweede-stap"):
        answer = office.post(f"{ACCOUNTS}{kim.pk}/{step}/", {"role": "reader"}, follow=True)
        assert "Je kunt je eigen rol niet wijzigen en jezelf niet uitschakelen." in text(answer)

    kim.refresh_from_db()
    assert (kim.klasse_role, kim.is_active, AccountEvent.objects.count()) == ("office", True, 0)


def test_a_technical_account_is_left_alone(kim: User) -> None:
    root = User.objects.create_superuser("root@voorbeeld.be")

    with pytest.raises(TechnicalAccount):
        changes.switch_off(root, by=kim, at=NOW)
    with pytest.raises(TechnicalAccount):
        changes.reset_second_step(root, by=kim, at=NOW)


def test_who_lost_the_role_a_moment_ago_changes_nothing(kim: User, noor: User) -> None:
    changes.change_role(noor, role=KlasseRole.READER, by=kim, at=NOW)

    with pytest.raises(NoLongerOffice):
        changes.change_role(kim, role="", by=noor, at=NOW)
    with pytest.raises(NotYourself):
        changes.switch_off(kim, by=kim, at=NOW)


def test_the_last_office_account_stays(kim: User, noor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "others_of_the_office", lambda key: [])

    with pytest.raises(LastOffice):
        changes.switch_off(noor, by=kim, at=NOW)

    assert User.objects.get(pk=noor.pk).is_active


def test_reminding_says_what_is_still_to_be_done(office: Client, kim: User) -> None:
    new = changes.invite("nieuw@voorbeeld.be", name="", role=KlasseRole.OFFICE, by=kim, at=NOW)
    User.objects.filter(pk=new.pk).update(last_login=NOW, password="gekozen")

    office.post(f"{ACCOUNTS}{new.pk}/herinneren/")

    assert [one.kind for one in AccountEvent.objects.filter(user=new).order_by("pk")] == ["invited", "reminded"]
    assert "http://localhost:8000/account/twee-stappen/" in str(mail.outbox[0].body).splitlines()


def test_who_is_set_up_is_not_reminded(office: Client, noor: User) -> None:
    User.objects.filter(pk=noor.pk).update(last_login=NOW)

    office.post(f"{ACCOUNTS}{noor.pk}/herinneren/")

    assert (mail.outbox, AccountEvent.objects.count()) == ([], 0)


def test_keys_of_programs_are_shown_by_their_tail_and_end(office: Client, kim: User, noor: User) -> None:
    kept, token = AuthToken.objects.create(noor)
    _, other = AuthToken.objects.create(noor)
    page = office.get(f"{ACCOUNTS}{noor.pk}/").content.decode()
    assert f"…{kept.token_key[-4:]}" in page
    assert [secret for secret in (token, other, kept.digest, kept.token_key) if secret in page] == []

    refs = re.findall(r'name="sleutel"\s+value="([^"]+)"', page)
    office.post(f"{ACCOUNTS}{noor.pk}/sleutel/", {"sleutel": refs[0]})
    answer = office.post(f"{ACCOUNTS}{noor.pk}/sleutel/", {"sleutel": refs[0]}, follow=True)

    assert "Deze sleutel is er niet meer." in text(answer)
    assert list(AuthToken.objects.all()) == [kept]
    assert events(noor) == [("token_ended", "", "", kim)]


def test_search_finds_desk_people_by_name_address_and_point(office: Client) -> None:
    gent, aalst = make.point("gent", municipality="Gent"), make.point("aalst", municipality="Aalst")
    for email, name, point in [
        ("bo@voorbeeld.be", "Bo Balie", gent),
        ("hanne@voorbeeld.be", "Hanne Beheer", aalst),
        ("weg@voorbeeld.be", "Iemand Anders", aalst),
    ]:
        make.member(point, User.objects.create_user(email, name=name), is_manager=email.startswith("hanne"))

    def found(term: str) -> list[str]:
        page = office.get(ACCOUNTS, {"zoek": term}).content.decode().split('id="balies"')[1]
        return re.findall(r"<strong>([^<]+)</strong>", page)

    assert [found(term) for term in ("bo", "GENT", "hanne aalst", "hanne gent", "")] == [
        ["Bo Balie"],
        ["Bo Balie"],
        ["Hanne Beheer"],
        [],
        [],
    ]


def test_the_page_says_who_has_no_second_step(office: Client, noor: User) -> None:
    bare = User.objects.create_user("bloot@voorbeeld.be", name="Bo Zonder")
    User.objects.filter(pk=bare.pk).update(klasse_role=KlasseRole.READER)

    page = text(office.get(ACCOUNTS))

    assert "Bo Zonder Leest de cijfers Nog niet ingelogd Nog geen tweede stap" in page
    assert "Noor Klasse Beheert het jaar Nog niet ingelogd Tweede stap: app" in page


@pytest.mark.parametrize("query", ["", "?zoek=voorbeeld"])
def test_queries_do_not_grow_with_the_people(query: str, office: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(ACCOUNTS + query).status_code == 200
        return len(queries)

    make.member(make.point())
    asked()  # the session notes when it was last used
    one = asked()
    for _ in range(2):
        make.member(make.point(), office_year.klasse())

    assert asked() == one
