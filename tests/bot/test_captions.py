"""Answers made by hand, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.captions import CAPTION_LIMIT, brand_line, caption, format_price, length, per_cent
from bot.texts import ENGLISH, RUSSIAN, Texts
from sneakers_ml.serving.answer import Answer, BrandScore, Neighbour, Offer, Region, Relation
from tests.support.telegram_rules import visible_length

NBSP = "\xa0"


def answer(
    *, known: bool = True, sneaker: bool = True, alternatives: tuple[BrandScore, ...] = (), brand: str = "Nike"
) -> Answer:
    return Answer(brand, 0.874, known, alternatives, (), Region(0, 0, 10, 10), sneaker)


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
        (12990.0, "RUB", ENGLISH, f"12,990{NBSP}₽"),
        (129.5, "USD", ENGLISH, f"129.50{NBSP}$"),
        (129.5, "USD", RUSSIAN, f"129,50{NBSP}$"),
        (1234567.25, "EUR", RUSSIAN, f"1{NBSP}234{NBSP}567,25{NBSP}€"),
        (99.999, "GBP", ENGLISH, f"100.00{NBSP}£"),
        (80.0, "CHF", ENGLISH, f"80{NBSP}CHF"),
        (80.0, None, ENGLISH, "80"),
    ],
)
def test_prices(price: float, currency: str | None, texts: Texts, words: str) -> None:
    assert format_price(price, currency, texts) == words


def test_a_known_brand() -> None:
    assert brand_line(answer(), ENGLISH) == f"<b>Nike</b>: 87{NBSP}% sure."
    assert brand_line(answer(brand="A<b>&"), RUSSIAN) == f"<b>A&lt;b&gt;&amp;</b>: уверенность 87{NBSP}%."


@pytest.mark.parametrize(("texts", "words"), [(ENGLISH, "I can't name this one"), (RUSSIAN, "Не могу назвать")])
def test_an_unknown_brand_is_only_a_guess(texts: Texts, words: str) -> None:
    line = brand_line(answer(known=False), texts)
    assert line.startswith(words)
    assert f"<b>Nike</b> (87{NBSP}%)" in line


def test_no_sneaker_is_said_and_nothing_guessed() -> None:
    for texts in (ENGLISH, RUSSIAN):
        line = brand_line(answer(known=False, sneaker=False, alternatives=(BrandScore("Puma", 0.2),)), texts)
        assert line == texts.no_sneaker
        assert "Nike" not in line


@pytest.mark.parametrize(
    ("relation", "english", "russian"),
    [
        ("same", "The same sneaker", "Тот же кроссовок"),
        ("same model", "The same model, other colour", "Та же модель, другой цвет"),
        ("similar", "Similar", "Похожий"),
    ],
)
def test_a_caption_says_how_a_neighbour_is_related(relation: Relation, english: str, russian: str) -> None:
    shown = replace(neighbour(), relation=relation)
    assert caption(shown, ENGLISH).endswith(f"\n{english}: 90{NBSP}%")
    assert caption(shown, RUSSIAN).endswith(f"\n{russian}: 90{NBSP}%")


def test_two_likely_alternatives_at_most() -> None:
    others = tuple(BrandScore(brand, share) for brand, share in [("Puma", 0.2), ("Vans", 0.1), ("Fila", 0.08)])
    assert brand_line(answer(alternatives=others), ENGLISH).endswith(
        f"\nIt could also be Puma (20{NBSP}%), Vans (10{NBSP}%)."
    )
    assert "also" not in brand_line(answer(alternatives=(BrandScore("Puma", 0.04),)), ENGLISH)


def test_a_caption_lists_every_offer() -> None:
    offers = (
        Offer("kicks", 'https://kicks.example/a?b=1&c="2"', 99.0, "EUR"),
        Offer("corner", None, 105.0, "EUR"),
        Offer("priceless", "http://priceless.example/"),
        Offer("odd", "javascript:alert(1)", float("nan"), "EUR"),
    )
    assert caption(neighbour(*offers), RUSSIAN) == (
        f"<b>Air Max 90</b>\nБренд: Nike\nПохожий: 90{NBSP}%\n"
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
    assert text.endswith(f"100{NBSP}$ – shop")


@pytest.mark.parametrize("letter", ["x", "&", "<", '"', "👟", "ё"])
def test_no_text_makes_a_caption_too_long_or_breaks_its_markup(letter: str) -> None:
    shop = Offer(letter * 3000, "https://shop.example/" + letter * 3000, 1e15, letter * 3)
    text = caption(neighbour(*[shop] * 20, title=letter * 3000, brand=letter * 3000), RUSSIAN)
    assert length(text) <= CAPTION_LIMIT
    assert 0 < visible_length(text, "HTML") <= 1024


def test_length_counts_as_telegram_does() -> None:
    assert [length("shoe"), length("ё"), length("👟")] == [4, 1, 2]
