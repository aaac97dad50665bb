from __future__ import annotations

import pytest

from sneakers_ml.reporting.markdown import escaped


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("plain words, 'Red/Bone' (2)", "plain words, 'Red/Bone' (2)"),
        ("a|b *c* _d_ \\", r"a\|b \*c\* \_d\_ \\"),
        ("[x](javascript:y) `z` ~w~", r"\[x\](javascript:y) \`z\` \~w\~"),
        ("<img src=x> &amp;", r"\<img src=x\> \&amp;"),
        ("two\nlines\x1b[31m", r"two\\nlines\\x1b\[31m"),
    ],
)
def test_words_of_others_are_no_markup(text: str, markdown: str) -> None:
    assert escaped(text) == markdown
