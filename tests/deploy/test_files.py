"""What is deployed: no container engine is needed to see that the files fit each other and this code."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
START = (DEPLOY / "start.sh").read_text(encoding="utf-8")
ROLES = set(re.findall(r"^  (\w+)\)$", START, re.MULTILINE))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
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
        assert one["command"] == ([name] if name != "migrate" else ["migrate"])
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


def test_no_secret_stands_in_a_file() -> None:
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "OIDC_CLIENT_SECRET"):
        assert f"\n{name}=\n" in example
    assert "${POSTGRES_PASSWORD:?" in OURS["web"]["environment"]["DATABASE_URL"]


def test_every_setting_of_the_example_exists() -> None:
    names = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "env.example").read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"`([A-Z_]{4,})`", (ROOT / "docs" / "instellingen.md").read_text(encoding="utf-8")))

    # Of compose alone.
    assert names - known == {"SITE_NAME", "POSTGRES_PASSWORD"}


@pytest.mark.parametrize("role", ["web", "worker", "scheduler"])
def test_units_start_what_the_image_starts(role: str) -> None:
    unit = (DEPLOY / "systemd" / f"lerarenkaart-{role}.service").read_text(encoding="utf-8")
    lines = dict(line.split("=", 1) for line in unit.splitlines() if re.match(r"^[A-Z]\w+=", line))

    assert lines["ExecStart"].endswith(f"deploy/start.sh {role}")
    assert lines["User"] == "lerarenkaart"
    assert (lines["Restart"], lines["NoNewPrivileges"], lines["ProtectSystem"]) == ("always", "yes", "strict")


def test_the_proxy_says_itself_who_asks() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

    assert "header_up X-Forwarded-For {remote_host}" in caddy
    assert "reverse_proxy web:8000" in caddy
    assert caddy.count("{") == caddy.count("}")
