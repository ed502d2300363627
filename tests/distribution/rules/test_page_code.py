"""The code on a page of a pickup list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.rules import page_code
from distribution.rules.page_code import PageCode


@given(st.integers(1, 9_999_999_999), st.integers(1, 32_767), st.integers(1, 99_999))
def test_read_gives_back_what_was_written(list_id: int, revision: int, page: int) -> None:
    code = PageCode(list_id, revision, page)

    assert page_code.read(str(code)) == code


def test_read_takes_what_a_person_types() -> None:
    assert page_code.read(" lk-1234-1-1-36 ") == PageCode(1234, 1, 1)


@pytest.mark.parametrize(
    "written", ["", "LK-1234-1-1", "LK-1234-1-1-37", "LK-1243-1-1-36", "LK-1234-1-2-36", "LK-0-1-1-11", "LK-１-1-1-36"]
)
def test_read_refuses_what_is_no_code(written: str) -> None:
    assert page_code.read(written) is None
