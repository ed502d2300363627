"""What is deployed: no container engine is needed to see that the files fit each other and this code."""

import os
import pwd
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import programs

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
START = (DEPLOY / "start.sh").read_text(encoding="utf-8")
ROLES = set(re.findall(r"^  (\w+)\)$", START, re.MULTILINE))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KEYS = [name for name in COMPOSE["secrets"] if name.endswith(".key")]
DATABASE_ROLES = {
    "migrate": "lerarenkaart_owner",
    "web": "lerarenkaart_web",
    "worker": "lerarenkaart_worker",
    "scheduler": "lerarenkaart_worker",
}
OURS = {name: one for name, one in COMPOSE["services"].items() if "build" in one}


def instructions() -> Iterator[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for line in re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines():
        if line.strip():
            word, rest = line.split(maxsplit=1)
            yield word, rest


DOCKERFILE = list(instructions())


def test_the_roles_are_those_we_speak_of() -> None:
    assert {"migrate", "web", "worker", "scheduler"} == ROLES
    assert subprocess.run(["bash", "-n", str(DEPLOY / "start.sh")], check=False).returncode == 0


def test_start_without_a_role_says_which_there_are() -> None:
    answer = subprocess.run([str(DEPLOY / "start.sh")], capture_output=True, text=True, check=False)

    assert answer.returncode == 2
    assert all(f"deploy/start.sh {role}" in answer.stderr for role in ROLES)


def test_the_image_runs_as_nobody_in_particular() -> None:
    users = [rest for word, rest in DOCKERFILE if word == "USER"]

    assert users == ["10001"]
    # Nothing after it may need root.
    after = DOCKERFILE[[word for word, _ in DOCKERFILE].index("USER") :]
    assert {word for word, _ in after} <= {"USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"}
    assert ("ENTRYPOINT", '["deploy/start.sh"]') in after


def test_what_the_image_copies_is_there_and_is_not_kept_out() -> None:
    copied = [shlex.split(rest)[:-1] for word, rest in DOCKERFILE if word == "COPY" and "--from" not in rest]
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}

    sources = {source for sources in copied for source in sources}
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert sources == kept


def test_the_image_has_every_package_and_library_the_site_needs() -> None:
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps <= {source for word, rest in DOCKERFILE if word == "COPY" for source in shlex.split(rest)}
    # The Debian packages of deploy/install.sh, those of the tests left out.
    site_part = (DEPLOY / "install.sh").read_text(encoding="utf-8").split('if [ "$extra" = test ]')[0]
    wanted = set(re.findall(r"\|\| want (\S+)$", site_part, re.MULTILINE)) - {"python3-venv"}
    installed = next(rest for word, rest in DOCKERFILE if word == "RUN" and "apt-get install" in rest)
    assert wanted
    assert wanted <= set(installed.split())
    assert any("--require-hashes" in rest for word, rest in DOCKERFILE if word == "RUN")


def test_every_part_of_ours_starts_through_the_same_door() -> None:
    assert set(OURS) == ROLES
    for name, one in OURS.items():
        assert one["command"] == [name]
        assert "entrypoint" not in one
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert "ports" not in one
    assert [name for name, one in COMPOSE["services"].items() if "ports" in one] == ["proxy"]


def test_nothing_starts_before_what_it_needs() -> None:
    waits = {name: one.get("depends_on", {}) for name, one in COMPOSE["services"].items()}

    for name in ("web", "worker", "scheduler"):
        assert waits[name]["migrate"]["condition"] == "service_completed_successfully"
        assert waits[name]["redis"]["condition"] == "service_healthy"
    assert waits["migrate"] == {"db": {"condition": "service_healthy"}}
    assert all("healthcheck" in COMPOSE["services"][name] for name in ("web", "db", "redis"))


def test_what_lasts_is_on_a_volume() -> None:
    used = {
        volume.split(":")[0]
        for one in COMPOSE["services"].values()
        for volume in one.get("volumes", [])
        if not volume.startswith(".")
    }

    assert used == set(COMPOSE["volumes"])
    assert "--appendonly yes" in " ".join(COMPOSE["services"]["redis"]["command"])


def test_no_secret_stands_in_a_file_of_settings() -> None:
    """Each secret is a file that the part which needs it is shown; what the parts are told has no password in it."""
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "AUDIT_KEY", "POSTGRES_PASSWORD", "OIDC_CLIENT_SECRET", "METRICS_TOKEN", "EMAIL_URL"):
        assert f"\n{name}=" not in example
    for one in COMPOSE["services"].values():
        told = one.get("environment", {})
        assert {name for name in told if re.search("SECRET|KEY|TOKEN|PASSWORD", name) and name[-4:] != "FILE"} <= {
            "WEB_KEY"
        }
        for name in ("DATABASE_URL", "REDIS_URL"):
            assert not re.search("//[^/]*:[^/]*@", told.get(name, ""))
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/deploy/.env", "/deploy/certs/", "/deploy/secrets/"} <= set(ignored)


def test_each_part_sees_its_own_secrets_and_no_others() -> None:
    for name, one in COMPOSE["services"].items():
        shown = one.get("secrets", [])
        said = yaml.safe_dump({key: one.get(key) for key in ("environment", "command", "healthcheck")})
        used = set(re.findall(r"/run/secrets/([\w.]+)", said)) | ({"ca.crt"} if name == "proxy" else set())
        assert set(shown) == used, name
        assert set(shown) <= set(COMPOSE["secrets"])
    who = {name: [one for one, it in COMPOSE["services"].items() if name in it.get("secrets", [])] for name in KEYS}
    assert who == {
        "postgres.key": ["db"],
        "redis.key": ["redis"],
        "web.key": ["web"],
        "lerarenkaart_owner.key": ["migrate"],
        "lerarenkaart_web.key": ["web"],
        "lerarenkaart_worker.key": ["worker", "scheduler"],
    }


def test_every_door_behind_the_proxy_checks_who_comes() -> None:
    for name, role in DATABASE_ROLES.items():
        told = OURS[name]["environment"]
        assert told["DATABASE_URL"].startswith(f"postgres://{role}@db:5432/lerarenkaart?sslmode=verify-full&")
        assert name == "migrate" or told["REDIS_URL"].startswith(
            "rediss://redis:6379/0?ssl_ca_certs=/run/secrets/ca.crt&"
        )
    rules = [line.split() for line in (DEPLOY / "pg_hba.conf").read_text(encoding="utf-8").splitlines()]
    assert [rule[0] for rule in rules if rule[:1] != ["#"] and rule[0][0] != "#"] == ["local", "hostssl"]


def test_every_setting_of_the_example_exists() -> None:
    names = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "env.example").read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"`([A-Z_]{4,})`", (ROOT / "docs" / "instellingen.md").read_text(encoding="utf-8")))

    # Of compose alone.
    assert names - known == {"SITE_NAME"}


def unit(role: str) -> list[tuple[str, str]]:
    text = (DEPLOY / "systemd" / f"lerarenkaart-{role}.service").read_text(encoding="utf-8")
    return [
        (line.split("=", 1)[0], line.split("=", 1)[1]) for line in text.splitlines() if re.match(r"^[A-Z]\w+=", line)
    ]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_units_start_what_the_image_starts(role: str) -> None:
    lines = dict(unit(role))

    assert lines["ExecStart"].endswith(f"deploy/start.sh {role}")
    assert lines["User"] == "lerarenkaart"
    assert (lines["NoNewPrivileges"], lines["ProtectSystem"]) == ("yes", "strict")
    assert (lines.get("Restart"), lines.get("Type")) == (("always", None) if role != "migrate" else (None, "oneshot"))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_units_are_told_what_compose_tells(role: str) -> None:
    """The same addresses on this machine, and the same secrets."""
    lines = unit(role)
    told = dict(word.split("=", 1) for name, value in lines if name == "Environment" for word in value.split())
    told = {name: value for name, value in told.items() if name not in {"VAR_DIR", "STATIC_ROOT", "WEB_BIND"}}
    shown = dict(value.split(":") for name, value in lines if name == "LoadCredential")

    said = {name: value for name, value in OURS[role]["environment"].items() if name != "NUM_PROXIES"}
    here = {"/run/secrets": "%d", "db:5432": "127.0.0.1:5432", "redis:6379": "127.0.0.1:6379"}
    for there, local in here.items():
        said = {name: value.replace(there, local) for name, value in said.items()}
    assert told == said
    assert set(shown) == set(OURS[role]["secrets"])
    for name, file in shown.items():
        kind = "certs" if "." in name else "secrets"
        assert file == f"/etc/lerarenkaart/{kind}/{name}"


def test_a_command_by_hand_has_what_the_worker_has(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    (etc / "lerarenkaart" / "certs").mkdir(parents=True)
    (etc / "lerarenkaart" / "secrets").mkdir()
    settings = f"VAR_DIR={tmp_path}\nMAIL_FROM=Lerarenkaart <kaart@voorbeeld.be>\n"
    (etc / "lerarenkaart.env").write_text(settings, encoding="utf-8")
    for name, value in unit("worker"):
        if name == "LoadCredential":
            file = tmp_path / value.split(":")[1].lstrip("/")
            file.write_text(f"inhoud-van-{file.name}" if file.name != "email_url" else "", encoding="utf-8")
    me = pwd.getpwuid(os.getuid()).pw_name
    code = (
        "from django.conf import settings as s; from pathlib import Path;"
        "print(s.SECRET_KEY, s.METRICS_TOKEN, s.DEFAULT_FROM_EMAIL);"
        "print(Path(s.DATABASES['default']['OPTIONS']['sslkey']).read_text())"
    )
    env = {name: value for name, value in os.environ.items() if name not in programs.OURS}

    done = subprocess.run(
        [str(DEPLOY / "manage.sh"), "shell", "--no-imports", "-c", code],
        env=env | {"RUN_AS": me, "FILES_IN": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines() == [
        "inhoud-van-secret_key inhoud-van-metrics_token Lerarenkaart <kaart@voorbeeld.be>",
        "inhoud-van-lerarenkaart_worker.key",
    ], done.stderr
    assert list(tmp_path.glob("lerarenkaart-*")) == []


def test_the_proxy_says_itself_who_asks() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

    assert "header_up X-Forwarded-For {remote_host}" in caddy
    assert "reverse_proxy https://{$WEB:web:8000}" in caddy
    assert "tls_trust_pool file {$WEB_CA:/run/secrets/ca.crt}" in caddy
    assert "insecure" not in caddy
    assert caddy.count("{") == caddy.count("}")
