from __future__ import annotations

import pytest

from sneakers_ml.terminal import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("esc\x1b[31mred\x1b]0;title\x07.jpg", r"esc\x1b[31mred\x1b]0;title\x07.jpg"),
        ("new\nline\r\t.jpg", r"new\nline\r\t.jpg"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
        ("a\u202egpj.exe\u2066", r"a\u202egpj.exe\u2066"),
        ("ls\u2028sep\u2029", r"ls\u2028sep\u2029"),
        ("un\u200bseen\ufeff\U000e0041", r"un\u200bseen\ufeff\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text", [":shoe: [red]x[/red]", "кроссовок", "靴", "👩\u200d👟", r"a\x1b", "a\u00a0b", "\udcff", ""]
)
def test_everything_else_is_shown_as_it_is(text: str) -> None:
    assert printable(text) == text
