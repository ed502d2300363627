"""deploy/certs.sh and deploy/secrets.sh: what they make, what they leave, and who may read it."""

import datetime as dt
import os
import ssl
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.conftest import BRUSSELS
from tests.deploy import guarded

SERVERS = {"postgres", "redis", "web"}
ASKING = {"lerarenkaart_owner", "lerarenkaart_web", "lerarenkaart_worker"}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    guarded.certificates(tmp_path / "certs", hosts="")
    return tmp_path / "certs"


def read(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(certificate: x509.Certificate) -> list[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(one.value) for one in found]


def test_each_part_gets_a_key_that_nobody_else_reads(made: Path) -> None:
    keys = sorted(made.rglob("*.key"))

    assert {path.stem for path in keys} == SERVERS | ASKING | {"ca"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    assert stat.S_IMODE((made / "ca").stat().st_mode) == 0o700


def test_a_certificate_says_who_it_is_and_ends_in_time(made: Path) -> None:
    for name in SERVERS | ASKING:
        certificate = read(made, name)
        assert certificate.subject.rfc4514_string() == f"CN={name}"
        assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= dt.timedelta(days=825)
        certificate.verify_directly_issued_by(read(made, "ca"))
    assert names(read(made, "postgres")) == ["db", "postgres", "localhost", "127.0.0.1"]
    assert names(read(made, "web")) == ["web", "localhost", "127.0.0.1"]


def test_who_asks_cannot_pass_for_a_server(made: Path) -> None:
    for name in ASKING:
        uses = read(made, name).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_again_it_leaves_what_is_good_and_says_until_when(made: Path) -> None:
    before = contents(made)

    told = guarded.certificates(made, hosts="")

    assert contents(made) == before
    assert "Gemaakt" not in told.stderr
    until = read(made, "web").not_valid_after_utc.date()
    assert f"web geldig tot {until}" in told.stdout.splitlines()
    assert len(told.stdout.splitlines()) == len(SERVERS | ASKING | {"ca"})


def test_another_name_makes_the_servers_anew_and_nothing_else(made: Path) -> None:
    before = contents(made)

    guarded.certificates(made, hosts="db1.intern 10.0.0.5")

    changed = {name.split(".")[0] for name, content in contents(made).items() if before[name] != content}
    assert changed == SERVERS
    assert names(read(made, "redis")) == ["redis", "localhost", "127.0.0.1", "db1.intern", "10.0.0.5"]


def test_what_is_about_to_end_is_made_anew(made: Path) -> None:
    """A certificate of a month less a day; the others stay."""
    shorten(made, "lerarenkaart_worker", days=29)
    before = contents(made)

    guarded.certificates(made, hosts="")

    changed = {name for name, content in contents(made).items() if before[name] != content}
    assert changed == {"lerarenkaart_worker.crt", "lerarenkaart_worker.key"}
    left = read(made, "lerarenkaart_worker").not_valid_after_utc - dt.datetime.now(BRUSSELS)
    assert left > dt.timedelta(days=800)


def shorten(folder: Path, name: str, *, days: int) -> None:
    asked = subprocess.run(
        ["openssl", "req", "-new", "-key", str(folder / f"{name}.key"), "-subj", f"/CN={name}"],
        check=True,
        capture_output=True,
    ).stdout
    signed = ["-CA", str(folder / "ca.crt"), "-CAkey", str(folder / "ca" / "ca.key"), "-set_serial", "7"]
    where = ["-days", str(days), "-out", str(folder / f"{name}.crt")]
    subprocess.run(["openssl", "x509", "-req", *signed, *where], input=asked, check=True, capture_output=True)


def test_what_another_authority_made_is_made_anew(made: Path, tmp_path: Path) -> None:
    guarded.certificates(tmp_path / "vreemden", hosts="")
    (made / "web.crt").write_bytes((tmp_path / "vreemden" / "web.crt").read_bytes())

    guarded.certificates(made, hosts="")

    read(made, "web").verify_directly_issued_by(read(made, "ca"))


def test_without_the_key_of_the_authority_nothing_is_made(made: Path) -> None:
    (made / "ca" / "ca.key").unlink()
    before = contents(made)

    guarded.certificates(made, hosts="")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        guarded.certificates(made, hosts="elders.intern")

    assert "ca.key nodig" in failed.value.stderr
    assert contents(made) == before


def test_python_believes_it_as_strictly_as_it_can(made: Path) -> None:
    context = guarded.context(made)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    asks = context.wrap_bio(here, there, server_hostname="localhost")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made / "web.crt", made / "web.key")
    answers = server.wrap_bio(there, here, server_side=True)

    for _ in range(3):
        for end in (asks, answers):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue

    assert asks.version() == "TLSv1.3"


def test_secrets_are_made_once_and_for_their_user_alone(tmp_path: Path) -> None:
    order = [str(guarded.DEPLOY / "secrets.sh"), str(tmp_path / "geheim"), str(os.getuid())]
    subprocess.run(order, check=True)
    first = contents(tmp_path / "geheim")
    (tmp_path / "geheim" / "email_url").write_text("smtp://mail", encoding="ascii")
    subprocess.run(order, check=True)

    assert contents(tmp_path / "geheim") == first | {"email_url": b"smtp://mail"}
    assert set(first) == set(guarded.SECRET_FILES)
    long_ones = [value for value in first.values() if value]
    assert len(set(long_ones)) == len(long_ones) == len(first) - 3
    assert min(map(len, long_ones)) >= 64
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "geheim").iterdir()} == {0o600}
