"""Text of HTML, and values of JSON."""

from __future__ import annotations

from time import process_time

import pytest
from pydantic import JsonValue

from scrapers.extract.text import as_dict, as_list, as_text, plain_text, slug_of, tidy


def test_descriptions_keep_their_lines() -> None:
    html = "<p>- Nike Air Max TW &quot;BLACK&quot;<br/>- Colour: Black &amp; White</p>"
    html += "<ul><li>Stijlcode:&nbsp;DQ0296-001</li></ul>"
    assert plain_text(html) == '- Nike Air Max TW "BLACK"\n- Colour: Black & White\nStijlcode: DQ0296-001'


def test_descriptions_hold_no_markup_scripts_or_comments() -> None:
    html = "<style>p {}</style><script>var a = '<b>';</script><!-- not <b>this</b> -->Soft <b>suede</b>, size < 40"
    assert plain_text(html) == "Soft suede, size < 40"


def test_plain_text_stays_as_it_is() -> None:
    assert plain_text("one\n\n two  three ") == "one\ntwo three"


def test_tidy_text_is_one_line_with_single_spaces() -> None:
    assert tidy(" NMD_R1 \u00a0 CORE\nBLACK\u200b ") == "NMD_R1 CORE BLACK"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Core Black / White", "core-black-white"),
        ("Category: Men", "category-men"),
        ("WMN'S Été", "wmns-été"),
        ("", ""),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7_123, "7123"),
        (1.5, "1.5"),
        (" a  b ", "a b"),
        ("", None),
        ("  ", None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_text_of_a_json_value(value: JsonValue, text: str | None) -> None:
    assert as_text(value) == text


def test_values_of_another_kind_are_empty() -> None:
    assert as_dict([1]) == {}
    assert as_dict({"a": 1}) == {"a": 1}
    assert as_list(None) == []
    assert as_list("a") == ["a"]
    assert as_list(["a", 1]) == ["a", 1]


@pytest.mark.parametrize("tag", ["<!--", "<script>", "<style>", "<p ", "< "])
def test_markup_that_never_closes_takes_no_time(tag: str) -> None:
    before = process_time()
    assert plain_text(f"Soft suede.{tag * 20_000}").startswith("Soft suede.")
    assert process_time() - before < 1


def test_halves_of_characters_are_dropped() -> None:
    assert tidy("Dunk \ud83d Low \U0001f45f") == "Dunk Low \U0001f45f"
    assert as_text("\udc5f") is None
