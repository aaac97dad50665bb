"""Answers made by hand, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.captions import CAPTION_LIMIT, answer_lines, best_offer, caption, format_price, length, per_cent, term
from bot.texts import Texts
from sneakers_ml.serving.answer import (
    Answer,
    BrandScore,
    Description,
    Match,
    Neighbour,
    Offer,
    Region,
    Relation,
    WordScore,
)
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.telegram_rules import visible_length

NBSP = "\xa0"


def answer(
    *,
    known: bool = True,
    sneaker: bool = True,
    alternatives: tuple[BrandScore, ...] = (),
    brand: str = "Nike",
    confidence: float = 0.874,
    words: Description = Description(),  # noqa: B008 - frozen
) -> Answer:
    return Answer(brand, confidence, known, alternatives, (), Region(0, 0, 10, 10), sneaker, words)


def neighbour(*offers: Offer, title: str = "Air Max 90", score: float = 0.9, brand: str = "Nike") -> Neighbour:
    return Neighbour("p1", score, title, brand, "photo-1", offers)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0"), (0.004, "0"), (0.126, "13"), (0.5, "50"), (0.994, "99"), (0.999, "99"), (1.0, "100"), (-0.2, "0")],
)
def test_shares_in_per_cent(share: float, words: str) -> None:
    assert per_cent(share) == f"{words}{NBSP}%"


@pytest.mark.parametrize(
    ("price", "currency", "texts", "words"),
    [
        (12990.0, "RUB", RUSSIAN, f"12{NBSP}990{NBSP}₽"),
        (12990.0, "RUB", ENGLISH, "₽12,990"),
        (129.5, "USD", ENGLISH, "$129.50"),
        (129.5, "USD", RUSSIAN, f"129,50{NBSP}$"),
        (1234567.25, "EUR", RUSSIAN, f"1{NBSP}234{NBSP}567,25{NBSP}€"),
        (99.999, "GBP", ENGLISH, "£100.00"),
        (80.0, "CHF", ENGLISH, f"80{NBSP}CHF"),
        (80.0, None, ENGLISH, "80"),
    ],
)
def test_prices(price: float, currency: str | None, texts: Texts, words: str) -> None:
    assert format_price(price, currency, texts) == words


def test_a_known_brand() -> None:
    assert answer_lines(answer(), ENGLISH, "en") == [f"<b>Nike</b> – quite sure, 87{NBSP}%."]
    assert answer_lines(answer(brand="A<b>&"), RUSSIAN, "ru") == [
        f"<b>A&lt;b&gt;&amp;</b>: довольно уверен, 87{NBSP}%."
    ]


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(1.0, "sure, 100"), (0.9, "sure, 90"), (0.899, "quite sure, 90"), (0.7, "quite sure, 70"), (0.69, "a guess, 69")],
)
def test_confidence_is_said_in_words_too(confidence: float, words: str) -> None:
    assert f"– {words}" in answer_lines(answer(confidence=confidence), ENGLISH, "en")[0]


def test_a_photo_in_words_of_the_language() -> None:
    colours = WordScore("white", 0.9), WordScore("grey", 0.7), WordScore("red", 0.5)
    words = Description(colours, WordScore("low top", 0.8), (WordScore("air max 90", 0.4), WordScore("A&B", 0.4)))
    assert answer_lines(answer(words=words), ENGLISH, "en")[1:] == [
        "It looks white, grey and red, low top.",
        "Most like Air Max 90, A&amp;B.",
    ]
    assert answer_lines(answer(words=words), RUSSIAN, "ru")[1] == "На вид: белый, серый и красный, низкие."
    one = Description((WordScore("blue", 0.9),))
    assert answer_lines(answer(words=one), ENGLISH, "en")[1:] == ["It looks blue."]


def test_a_term_without_a_word_in_the_language_keeps_its_name() -> None:
    assert [term("colours", "red", language) for language in ("en", "ru", "de")] == ["red", "красный", "red"]


@pytest.mark.parametrize(("texts", "words"), [(ENGLISH, "This is not a brand"), (RUSSIAN, "Этот бренд")])
def test_an_unknown_brand_is_only_a_guess(texts: Texts, words: str) -> None:
    line = answer_lines(answer(known=False), texts, "en")[0]
    assert line.startswith(words)
    assert f"<b>Nike</b> (87{NBSP}%)" in line


def test_no_sneaker_is_said_and_nothing_guessed() -> None:
    for texts in (ENGLISH, RUSSIAN):
        nothing = answer(known=False, sneaker=False, alternatives=(BrandScore("Puma", 0.2),))
        assert answer_lines(nothing, texts, "en") == [texts.no_sneaker]


@pytest.mark.parametrize(
    ("relation", "english", "russian"),
    [
        ("same", "The same model", "Та же модель"),
        ("same model", "The same model, perhaps another colour", "Та же модель, возможно, другого цвета"),
        ("similar", "Similar", "Похожая"),
    ],
)
def test_a_caption_says_how_a_neighbour_is_related(relation: Relation, english: str, russian: str) -> None:
    shown = replace(neighbour(), relation=relation)
    assert caption(shown, ENGLISH).endswith(f"\n{english}: 90{NBSP}%")
    assert caption(shown, RUSSIAN).endswith(f"\n{russian}: 90{NBSP}%")


def test_two_likely_alternatives_at_most() -> None:
    others = tuple(BrandScore(brand, share) for brand, share in [("Puma", 0.2), ("Vans", 0.1), ("Fila", 0.08)])
    assert answer_lines(answer(alternatives=others), ENGLISH, "en")[1] == (
        f"It could also be Puma (20{NBSP}%), Vans (10{NBSP}%)."
    )
    assert len(answer_lines(answer(alternatives=(BrandScore("Puma", 0.04),)), ENGLISH, "en")) == 1


def test_the_best_price_is_the_cheapest_in_the_currency_of_most_offers() -> None:
    cheap, dear = Offer("a", None, 90.0, "EUR"), Offer("b", None, 120.0, "EUR")
    roubles, nothing = Offer("c", None, 80.0, "RUB"), Offer("d", None, None, "EUR")
    assert best_offer([dear, roubles, nothing, cheap]) is cheap
    assert best_offer([nothing]) is None
    assert caption(neighbour(dear, roubles, nothing, cheap), ENGLISH).split("\n")[3:] == [
        "€90 – a",
        "€120 – b",
        "₽80 – c",
        "d",
    ]


def test_a_result_of_words_has_no_relation() -> None:
    found = Match("p1", 3.2, "Air Max 90", "nike", "photo-1", ())
    assert caption(found, ENGLISH, 2) == "2. <b>Air Max 90</b>\nBrand: Nike"


def test_a_caption_lists_every_offer() -> None:
    offers = (
        Offer("kicks", 'https://kicks.example/a?b=1&c="2"', 99.0, "EUR"),
        Offer("corner", None, 105.0, "EUR"),
        Offer("priceless", "http://priceless.example/"),
        Offer("odd", "javascript:alert(1)", float("nan"), "EUR"),
    )
    assert caption(neighbour(*offers), RUSSIAN) == (
        f"<b>Air Max 90</b>\nБренд: Nike\nПохожая: 90{NBSP}%\n"
        f'99{NBSP}€ – <a href="https://kicks.example/a?b=1&amp;c=&quot;2&quot;">kicks</a>\n'
        f"105{NBSP}€ – corner\n"
        '<a href="http://priceless.example/">priceless</a>\n'
        "odd"
    )


def test_a_title_in_capitals_is_shown_in_title_case() -> None:
    shown = caption(neighbour(title="HOLLIN WILLOW LOW OG 'CORAL/TAN'"), ENGLISH)
    assert shown.startswith("<b>Hollin Willow Low OG &#x27;Coral/Tan&#x27;</b>\n")


def test_offers_that_do_not_fit_are_counted() -> None:
    offers = [Offer(f"shop{number:02}", f"https://shop.example/{'x' * 150}", 100.0, "USD") for number in range(90)]
    text = caption(neighbour(*offers), ENGLISH)
    listed = text.count("shop0") + text.count("shop1") + text.count("shop2") + text.count("shop3")
    assert length(text) <= CAPTION_LIMIT
    assert text.count("https://shop.example/") == 4  # 204 units each beside some 50 for the title: a fifth does not fit
    assert 4 < listed < 40
    assert text.endswith(f"\nand more shops: {90 - listed}")


def test_a_link_too_long_for_a_caption_leaves_the_shop() -> None:
    text = caption(neighbour(Offer("shop", "https://shop.example/" + "x" * 2000, 100.0, "USD")), ENGLISH)
    assert text.endswith("$100 – shop")


@pytest.mark.parametrize("letter", ["x", "&", "<", '"', "👟", "ё"])
def test_no_text_makes_a_caption_too_long_or_breaks_its_markup(letter: str) -> None:
    shop = Offer(letter * 3000, "https://shop.example/" + letter * 3000, 1e15, letter * 3)
    text = caption(neighbour(*[shop] * 20, title=letter * 3000, brand=letter * 3000), RUSSIAN)
    assert length(text) <= CAPTION_LIMIT
    assert 0 < visible_length(text, "HTML") <= 1024


def test_length_counts_as_telegram_does() -> None:
    assert [length("shoe"), length("ё"), length("👟")] == [4, 1, 2]
