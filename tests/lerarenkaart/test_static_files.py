"""Fingerprints: a script of the desk names the others by their content, so that releases never mix."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from lerarenkaart.static_files import FingerprintedFiles


def test_scripts_import_each_other_by_fingerprint(tmp_path: Path) -> None:
    storage = FingerprintedFiles(location=tmp_path, base_url=settings.STATIC_URL)
    paths = {}
    for finder in get_finders():
        for path, source in finder.list([]):
            if path.startswith("lerarenkaart/desk"):
                with source.open(path) as file:
                    storage.save(path, file)
                paths[path] = (storage, path)

    failed = [outcome for _, _, outcome in storage.post_process(paths) if isinstance(outcome, Exception)]

    main = (tmp_path / storage.stored_name("lerarenkaart/desk/main.js")).read_text()
    imported = re.findall(r'^import .* from "(.*)";$', main, re.MULTILINE)
    assert failed == []
    assert len(imported) == 6
    assert [name for name in imported if not re.fullmatch(r"[./\w]*\w+\.[0-9a-f]{12}\.js", name)] == []
