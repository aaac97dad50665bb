from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.cleaned import Removed
from sneakers_ml.catalogue.cleaning.title import Title, neat, tidy


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  NMD_R1  CORE BLACK ", "NMD_R1 CORE BLACK"),
        ("Andr\u00c3\u00a9 Saraiva", "Andr\u00e9 Saraiva"),
        ("Tiffany &amp; Co", "Tiffany & Co"),
        ("HOKA\u00ae Bondi\u2122", "HOKA Bondi"),
        ("Air Force 1 \u201907 \u201cWhite\u201d", 'Air Force 1 \'07 "White"'),
        ("550 ''Black''", '550 "Black"'),
        ("Nike\u200b Dunk\u00a0Low", "Nike Dunk Low"),
        ("\uff21ir", "Air"),
        ("Nike \u00d7 Patta", "Nike x Patta"),
        ("Nike\u00d7Patta", "Nike x Patta"),
        ("40\u00d730", "40\u00d730"),
        ("Dunk <b>Low</b><br/>'Panda'", "Dunk Low 'Panda'"),
        ("<span class='badge new'>Dunk</span> &amp; Low", "Dunk & Low"),
        ("&lt;b&gt;Dunk&lt;/b&gt; &#39;Panda&#39;", "Dunk 'Panda'"),
        ("Dunk<!-- new --> <script>if (a < b) c()</script>Low", "Dunk Low"),
        ("I <3 NY > LA", "I <3 NY > LA"),
        ("\U0001f525Dunk\u2b50\ufe0f Low\u2705", "Dunk Low"),
        ("Dunk \u00abPanda\u00bb", 'Dunk "Panda"'),
    ],
)
def test_tidy(raw: str, text: str) -> None:
    assert tidy(raw) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("  \u2013 Bondi 8  ", "Bondi 8"),
        ("Dunk () Low -", "Dunk Low"),
        ("Dunk (20L)", "Dunk (20L)"),
        ("Dunk (Low", "Dunk Low"),
        ("17+ Retro", "17+ Retro"),
        ("Next% 3", "Next% 3"),
        ("Air Force 1 '07", "Air Force 1 '07"),
        ("Lucky & Good", "Lucky & Good"),
        ("| / -", ""),
    ],
)
def test_neat(text: str, left: str) -> None:
    assert neat(text) == left


def test_signs_may_stay_between_words() -> None:
    assert neat("- Box Logo - Black -", keep_signs=True) == "Box Logo - Black"


def test_cuts_are_remembered_in_the_titles_order_and_never_twice() -> None:
    title = Title("Nike Dunk Low Shoes 'Panda'")
    title.cut(20, 27, "colour")
    title.cut(0, 4, "brand")
    title.cut(14, 27, "generic")  # the colour in it is gone already
    assert title.left() == "Dunk Low"
    assert [word.key for word in title.words] == ["dunk", "low"]
    assert title.removed() == (Removed("Nike", "brand"), Removed("Shoes", "generic"), Removed("'Panda'", "colour"))
    assert [word.key for word in title.words_outside("colour")] == ["nike", "dunk", "low", "shoes"]
    assert [word.key for word in title.words_outside("colour", "brand")] == ["dunk", "low", "shoes"]


def test_a_kind_of_cut_can_be_undone() -> None:
    title = Title("Nike Hello Kitty")
    title.cut(0, 4, "brand")
    title.cut(5, 16, "collaborator")
    assert title.words == []
    assert title.restore("collaborator")
    assert title.left() == "Hello Kitty"
    assert not title.restore("colour")
