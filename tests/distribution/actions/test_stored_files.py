"""Files kept in the database: the same bytes out as in, in pieces, until their time has passed."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from distribution.actions import stored_files as keeping
from distribution.models import StoredFile, StoredPiece
from distribution.queries import stored_files
from tests.conftest import NOW


class SameBytes(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.binary(max_size=60), max_size=8))
    def test_however_they_came(self, parts: list[bytes]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keeping, "PIECE", 32)
            file = keeping.keep(parts, name="proef.bin", content_type="application/octet-stream", at=NOW)

        whole = b"".join(parts)
        assert b"".join(stored_files.pieces(file)) == whole
        assert (file.size, file.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
        assert all(len(piece.data) <= 32 for piece in file.pieces.all())


@pytest.mark.django_db
def test_from_disk_and_back(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"x" * 3_000_000)
    parts = keeping.parts_of(tmp_path / "in")
    file = keeping.keep(parts, name="proef.bin", content_type="application/octet-stream", at=NOW)
    stored_files.copy_to(file, tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == (tmp_path / "in").read_bytes()
    assert file.pieces.count() == 3


@pytest.mark.django_db
def test_goes_when_its_time_has_passed() -> None:
    day = dt.timedelta(days=1)
    for until in (None, NOW, NOW + day):
        keeping.keep([b"x"], name=f"{until}", content_type="text/plain", at=NOW - day, keep_until=until)

    assert keeping.forget_ended(at=NOW) == 1
    assert sorted(StoredFile.objects.values_list("name", flat=True)) == sorted([str(NOW + day), "None"])
    assert StoredPiece.objects.count() == 2
