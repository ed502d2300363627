"""The pickup list: what stands on it, in which order, and that a machine and a person can read it back."""

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from distribution.documents import pickup_list, pickup_list_rows
from distribution.rules import page_code
from distribution.rules.page_code import PageCode
from tests.pickup_sheets import line, lines, opened, pages, picture, render, rows, sheet


def words(text: str) -> str:
    return " ".join(text.split())


def test_render_shows_every_row_in_order() -> None:
    people = lines(60)

    made = render(sheet(people))

    assert rows(made) == [
        (number, f"{person.last_name} {person.first_name}", person.last_four) for number, person in enumerate(people, 1)
    ]


@pytest.mark.parametrize(("count", "expected"), [(0, 2), (1, 2), (24, 2), (25, 3), (53, 3), (54, 4), (140, 6)])
def test_render_cuts_24_rows_and_then_29_a_page_and_adds_a_closing_page(count: int, expected: int) -> None:
    made = render(sheet(lines(count)))

    shown = pages(made)
    assert len(shown) == expected
    assert [f"blad {page} van {expected}" in words(text) for page, text in enumerate(shown, 1)] == [True] * expected


def test_render_says_of_which_point_and_year_it_is() -> None:
    first, following, closing = pages(render(sheet(lines(30), revision=3)))

    assert "Afhaallijst Lerarenkaart 2027" in first
    assert "Bibliotheek De Krook" in first
    assert "Miriam Makebaplein 1, 9000 Gent" in first
    assert "Kaarten op deze lijst" in first
    for page in (following, closing):
        assert "Lerarenkaart 2027, revisie 3 van 21 november 2026" in page
        assert "Bibliotheek De Krook" in page
    assert "terugsturen of vernietigen na 10 juli 2027" in first


def test_render_explains_on_the_closing_page_in_five_sentences() -> None:
    closing = pages(render(sheet(lines(3))))[-1]

    explained = words(closing).partition("Wat doe je met deze lijst?")[2].partition("Onze telling")[0]
    assert explained.count(".") == 5
    assert "stuur alle bladen terug naar Klasse" in explained
    assert "vernietig wat je niet terugstuurt" in explained


def test_render_of_an_empty_list_says_so_d06() -> None:
    first = pages(render(sheet()))[0]

    assert "Hier liggen geen kaarten klaar" in first
    assert "Handtekening" not in first


@pytest.mark.parametrize(
    ("fields", "mark"),
    [
        ({"is_provisional": True}, "voorlopig"),
        ({"since": 1, "revision": 2}, "Aanvulling op revisie 1"),
        ({"since": 1, "revision": 2, "is_provisional": True}, "Aanvulling op revisie 1 · voorlopig"),
    ],
)
def test_render_marks_a_provisional_and_a_delta_list(fields: dict[str, object], mark: str) -> None:
    assert mark in pages(render(sheet(lines(2), **fields)))[0]
    assert mark not in pages(render(sheet(lines(2))))[0]


def test_render_puts_letters_and_guide_words_where_people_look() -> None:
    first, following, _ = pages(render(sheet(lines(50))))

    assert [text for text in first.split() if len(text) == 1 and text.isalpha()] == ["A", "B", "C", "D"]
    assert [text for text in following.split() if len(text) == 1 and text.isalpha()] == ["D", "M", "N", "P", "V", "Y"]
    assert "D'Hondt – Yılmaz" in following


def test_render_has_a_code_on_every_page_that_a_scanner_reads() -> None:
    made = render(sheet(lines(60), list_id=987_654, revision=12))

    for number, text in enumerate(pages(made), 1):
        seen = [code.text for code in zxingcpp.read_barcodes(picture(made, number - 1, dots=150))]
        assert [page_code.read(code) for code in seen] == [PageCode(987_654, 12, number)]
        assert seen[0] in text


def test_render_has_a_code_that_fits_the_longest_list() -> None:
    longest = PageCode(9_999_999_999, 99, 999)

    made = render(sheet(lines(1), list_id=longest.list_id, revision=longest.revision))

    assert [page_code.read(code.text) for code in zxingcpp.read_barcodes(picture(made, dots=200))] == [
        PageCode(9_999_999_999, 99, 1)
    ]


def test_render_embeds_its_letters_and_says_what_it_is() -> None:
    with opened(render(sheet(lines(30)))) as document:
        assert str(document.Root.Lang) == "nl"
        assert bool(document.Root.MarkInfo.Marked)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        title = "Afhaallijst Lerarenkaart 2027 – Bibliotheek De Krook – revisie 1"
        assert str(document.docinfo["/Title"]) == title
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == title
            assert metadata["pdfuaid:part"] == "1"
        descriptors = [
            item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/FontName" in item
        ]
        assert [name for name in descriptors if "/FontFile2" not in name] == []
        assert len(descriptors) >= 4


def test_render_keeps_names_and_moments_out_of_the_metadata_d10() -> None:
    people = (line("Zonderling", "Quirinus", "4711"),)

    with opened(render(sheet(people))) as document:
        kept = document.Root.Metadata.read_bytes().decode() + str(dict(document.docinfo))
        assert [word for word in ("Zonderling", "Quirinus", "4711", "Date") if word in kept] == []


def test_render_gives_the_same_bytes_again() -> None:
    made = sheet(lines(40))

    assert render(made) == render(made)


def test_render_tags_every_row_as_a_row_of_one_table() -> None:
    with opened(render(sheet(lines(60)))) as document:
        elements = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
        kinds = [str(element.S) for element in elements if isinstance(element.S, pikepdf.Name)]
        assert (kinds.count("/Table"), kinds.count("/TH"), kinds.count("/TR"), kinds.count("/TD")) == (1, 3, 61, 180)


def test_render_gives_every_mark_its_place_in_the_tree() -> None:
    with opened(render(sheet((*lines(60), line("李", "小龍"))))) as document:
        numbers = list(document.Root.StructTreeRoot.ParentTree.Nums)
        parents = {int(key): list(marks) for key, marks in zip(numbers[::2], numbers[1::2], strict=True)}
        for page in document.pages:
            marked = [
                int(item.operands[1].MCID)
                for item in pikepdf.parse_content_stream(page)
                if str(item.operator) == "BDC" and str(item.operands[0]) != "/Artifact"
            ]
            own = parents[int(page.obj.StructParents)]
            assert sorted(marked) == list(range(len(own)))
            assert {mark: mark == own[mark].K or mark in list(own[mark].K) for mark in marked} == dict.fromkeys(
                marked, True
            )


def test_render_tells_a_reader_aloud_the_whole_name_where_it_is_shortened() -> None:
    with opened(render(sheet((line("W" * 200, "An"), line("Peeters"))))) as document:
        spoken = [str(item.ActualText) for item in document.objects if "/ActualText" in _dictionary(item)]
    assert spoken == [f"{'W' * 200} An"]


def _dictionary(item: pikepdf.Object) -> pikepdf.Object:
    return item if isinstance(item, pikepdf.Dictionary) else pikepdf.Dictionary()


def test_place_stands_where_weasyprint_would_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = render(sheet(lines(30)))
    monkeypatch.setattr(pickup_list_rows, "can_write_place", lambda sheet: False)
    theirs = render(sheet(lines(30)))

    for page, word in [(0, "Krook"), (0, "Makebaplein"), (1, "Krook"), (2, "Krook")]:
        here, there = (_box(made, page, word) for made in (ours, theirs))
        assert here == pytest.approx(there, abs=0.4)


@pytest.mark.parametrize("page", [0, 1])
def test_heads_of_the_columns_stand_on_one_line_above_their_columns(page: int) -> None:
    made = render(sheet(lines(30)))

    heads = [_box(made, page, word) for word in ("Naam", "Laatste vier", "Handtekening", "Afgehaald")]

    top = pickup_list_rows.TOP_OF_FIRST if page == 0 else pickup_list_rows.TOP_OF_NEXT
    assert [top < bottom < top + 12 for _, bottom, _, _ in heads] == [True] * 4
    columns = [pickup_list_rows.NAME_LEFT, pickup_list_rows.FOUR_LEFT, pickup_list_rows.SIGN_LEFT]
    assert [left for left, *_ in heads[:3]] == pytest.approx(columns, abs=2)


def test_facts_of_the_first_page_stand_on_one_line() -> None:
    made = render(sheet(lines(88)))

    assert _box(made, 0, "88")[1] == pytest.approx(_box(made, 0, "27 december")[1], abs=0.4)


def _box(pdf: bytes, page: int, word: str) -> tuple[float, ...]:
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    found = text.search(word, match_case=True).get_next()
    assert found
    return tuple(text.get_charbox(found[0]))


def test_rows_are_those_of_the_sheet_in_the_same_order() -> None:
    people = lines(3)

    assert pickup_list.rows(sheet(people)) == [
        (1, "Aerts An", "0000", "", ""),
        (2, "Aerts Jan", "0001", "", ""),
        (3, "Aerts Zoë", "0002", "", ""),
    ]


@pytest.mark.parametrize("count", [0, 1, 24, 25, 53, 54, 300])
def test_rows_on_a_page_are_the_rows_cut_for_it(count: int) -> None:
    people = lines(count)
    pages = [range(start + 1, start + len(some) + 1) for start, some in pickup_list_rows.cut(people)]

    found = [pickup_list_rows.rows_on(page, rows=count) for page in range(1, len(pages) + 1)]

    assert found == pages
    assert list(pickup_list_rows.rows_on(len(pages) + 1, rows=count)) == []
    assert list(pickup_list_rows.rows_on(0, rows=count)) == []
