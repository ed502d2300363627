"""The list of what the site is made of, as `make sbom` writes it: complete, and in the form that tools read."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.security.test_hygiene import ROOT, pins


@pytest.mark.full_attack  # what writes it has an environment of its own
def test_the_sbom_names_every_package_with_its_version_and_its_hashes(tmp_path: Path) -> None:
    """The line of the Makefile itself, with another file to write."""
    written = tmp_path / "sbom.json"
    (line,) = re.findall(
        r"^\t@(\S+ .*cyclonedx_py requirements .*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    command = line.replace("var/sbom.json", str(written)).split()

    subprocess.run(command, cwd=ROOT, check=True)

    bom = json.loads(written.read_text(encoding="utf-8"))
    parts = {part["name"].lower(): part for part in bom["components"]}
    assert (bom["bomFormat"], bom["metadata"]["component"]["name"]) == ("CycloneDX", "lerarenkaart")
    assert {name: part["version"] for name, part in parts.items()} == {
        name: str(version) for name, version in pins("requirements.txt").items()
    }
    without = [name for name, part in parts.items() if not any(one.get("hashes") for one in part["externalReferences"])]
    assert without == []
    assert {part["purl"].split("@")[0] for part in parts.values()} == {f"pkg:pypi/{name}" for name in parts}
