"""What shops hang on titles, in the languages of shops; the truth is read off each title by a person."""

from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.cleaned import Removed
from sneakers_ml.catalogue.matching.units import entry_of
from tests.catalogue.cleaning.shop_rows import offer

YEARS = [
    ("Nike Dunk Low 'Panda' (2021)", "Nike", "Dunk Low", "Panda", "(2021)"),
    ("Nike Dunk Low 'Panda' [2020]", "Nike", "Dunk Low", "Panda", "[2020]"),
    ("Nike Dunk Low [2021] 'Panda'", "Nike", "Dunk Low", "Panda", "[2021]"),
    ("Nike Dunk Low 'Panda (2021)'", "Nike", "Dunk Low", "Panda", "(2021)"),
    ("Nike Dunk Low 'Panda' (2019/2021)", "Nike", "Dunk Low", "Panda", "(2019/2021)"),
    ("Nike Dunk Low 'Panda' (2023 Release)", "Nike", "Dunk Low", "Panda", "(2023 Release)"),
    ("Nike Dunk Low (Released 2021) 'Panda'", "Nike", "Dunk Low", "Panda", "(Released 2021)"),
    ("Nike Dunk Low 'Panda' (Fall 2021)", "Nike", "Dunk Low", "Panda", "(Fall 2021)"),
    ("Nike Dunk Low 'Panda' (2022 Restock)", "Nike", "Dunk Low", "Panda", "(2022 Restock)"),
    ("Nike Dunk Low 'Panda' 2021", "Nike", "Dunk Low", "Panda", "2021"),
    ("Nike Dunk Low 'Panda' - 2021", "Nike", "Dunk Low", "Panda", "- 2021"),
    ("Nike Dunk Low 'Panda' 2021 Release", "Nike", "Dunk Low", "Panda", "2021 Release"),
    ("Nike Air Max 95 OG Black Neon (2020)", "Nike", "Air Max 95 OG", "Black Neon", "(2020)"),
    ("Nike Dunk Low Black White 2021", "Nike", "Dunk Low", "Black White", "2021"),
    ("adidas Samba OG (2024) Cloud White Core Black", "adidas", "Samba OG", "Cloud White Core Black", "(2024)"),
    ("Air Jordan 1 (2015) Retro High OG 'Chicago'", "Jordan", "Air Jordan 1 Retro High OG", "Chicago", "(2015)"),
    ("ASICS Gel-Kayano 14 Cream Black (2023 re-release)", "ASICS", "Gel-Kayano 14", "Cream Black", "(2023 re-release)"),
    ("New Balance 2002R Rain Cloud (2021)", "New Balance", "2002R", "Rain Cloud", "(2021)"),
    ("Nike Air Max 2090 Pure Platinum (2020)", "Nike", "Air Max 2090", "Pure Platinum", "(2020)"),
    ("Nike Air Max 2017 (2017)", "Nike", "Air Max 2017", None, "(2017)"),
    ("Nike Cortez '72 (2023)", "Nike", "Cortez '72", None, "(2023)"),
    ("adidas Yeezy Boost 350 V2 Core Black Red (2016/2022/2023)", "adidas", "Yeezy Boost 350 V2", "Core Black Red",
     "(2016/2022/2023)"),
]  # fmt: skip
NO_YEARS = [
    ("Nike Air Max 2090", "Nike", "Air Max 2090"),
    ("Nike Air Max 2017", "Nike", "Air Max 2017"),
    ("New Balance 2002R", "New Balance", "2002R"),
    ("ASICS Gel-Kayano 2000", "ASICS", "Gel-Kayano 2000"),
    ("ASICS GT-2160", "ASICS", "GT-2160"),
    ("Mizuno Wave Rider 1997", "Mizuno", "Wave Rider 1997"),
    ("Nike Dunk High 1985 SP", "Nike", "Dunk High 1985 SP"),
    ("Nike Air Max 1 (3000)", "Nike", "Air Max 1 (3000)"),
    ("Nike Air Force 1 Mid '07", "Nike", "Air Force 1 Mid '07"),
]
BADGED = [
    "SALE! {}", "SALE!!! {}", "Sale {}", "[SALE] {}", "**SALE** {}", ">>> SALE <<< {}", "SALE -30% {}",
    "SALE 30% OFF! {}", "-20% {}", "{} -20%", "{} 20% OFF", "{} (30%)", "50% {}", "Up to 50% off: {}",
    "PRE-ORDER {}", "Preorder: {}", "(Pre-Order) {}", "{} - Pre-Order", "{} [PRE ORDER]",
    "{} - Sold out", "[SOLD OUT] {}", "{} (SOLD OUT)", "{} SOLD", "❌SOLD OUT❌ {}",
    "NEW {}", "NEW! {}", "[NEW] {}", "{} | NEW", "{} *NEW*", "{} NEW", '"NEW" {}', "★ NEW ★ {}",
    "NEW ARRIVAL: {}", "New Arrival - {}", "Just Dropped: {}", "🔥 {} 🔥",
    "🔥NEW🔥 {}", "Restock! {}", "{} Restock", "RESTOCK | {}", "LIMITED: {}", "EXCLUSIVE {}",
    "{} - Online Exclusive", "Coming Soon: {}", "{} (Coming Soon)", "{} (Pre-Owned)", "{} Pre-Owned", "used {}",
    "{} (Raffle)", "RAFFLE: {}", "DROP: {}", "{} Last pair", "{} - LAST SIZES", "{} Sample", "{} (Restock Pair)",
    "✅ {} ✅ In Stock", "{} [FREE SHIPPING]", "SALE | NEW | {}", "{} [NEW] [SALE]",
    "HOT NEW {}", "{} (No Box)", "B-Grade: {}",
    "AUSVERKAUFT {}", "{} (Ausverkauft)", "NEU {}", "NEU! {}", "NEU: {}", "{} – Letzte Größen", "Vorbestellung: {}",
    "SOLDES {}", "NOUVEAU : {}", "Nouveauté - {}", "{} — Épuisé", "Dernière paire - {}", "Précommande {}",
    "SALDI {}", "SCONTO 20% {}", "{} - ESAURITO", "Novità! {}", "{} (Ultime taglie)",
    "REBAJAS {}", "¡REBAJAS! {}", "{} - AGOTADO", "Próximamente: {}", "{} Últimas tallas", "NUEVO {}",
    "UITVERKOOP {}", "{} - UITVERKOCHT", "Nieuw binnen: {}", "{} (Laatste maten)",
    "WYPRZEDAŻ! {}", "SKLEP WYPRZEDAŻ {}", "NOWOŚĆ {}", "{} - Ostatnia para",
    "НОВИНКА! {}", "РАСПРОДАЖА {}",
    "Скидка 20% {}", "{} - нет в наличии", "Предзаказ {}",
    "【新品】{}",
    "<b>{}</b>", "<p>{}</p>", "<span class='badge badge--sale'>Sale</span> {}", "{}<br/>", "&lt;b&gt;{}&lt;/b&gt;",
    "<strong>SALE</strong>&nbsp;{}", "{} <!-- new -->",
]  # fmt: skip
SHOES = [
    ("Nike Dunk Low 'Panda'", "Nike", "Dunk Low", "Panda"),
    ("New Balance 550 'White Green'", "New Balance", "550", "White Green"),
]
NAMES = [
    ("New Balance 550", "New Balance", "550"),
    ("NEW BALANCE 550", None, "550"),
    ("New-Balance 550", "New Balance", "550"),
    ("Puma Clyde New York", "Puma", "Clyde New York"),
    ("adidas Drop Step Low", "adidas", "Drop Step Low"),
    ("Nike Hot Step Air Terra", "Nike", "Hot Step Air Terra"),
    ("Vans Authentic", "Vans", "Authentic"),
    ("Brooks Launch 9", "Brooks", "Launch 9"),
    ("Nike Free RN", "Nike", "Free RN"),
    ("adidas Top Ten", "adidas", "Top Ten"),
    ("Nike Air Max 1 Exclusive", "Nike", "Air Max 1 Exclusive"),
    ("Nike Dunk Low Limited Edition", "Nike", "Dunk Low Limited Edition"),
    ("Nike Dunk Low (Limited Edition)", "Nike", "Dunk Low (Limited Edition)"),
    ("Nike Zoom Vaporfly 4% Flyknit", "Nike", "Zoom Vaporfly 4% Flyknit"),
    ("Nike ZoomX Vaporfly Next% 3", "Nike", "ZoomX Vaporfly Next% 3"),
    ("Sold Out", "Nike", "Sold Out"),
    ("I <3 NY Dunk", "Nike", "I <3 NY Dunk"),
]


@pytest.mark.parametrize(("title", "brand", "model", "colour", "year"), YEARS)
def test_a_year_is_the_releases(title: str, brand: str, model: str, colour: str | None, year: str) -> None:
    got = clean(offer(title, brand))
    assert (got.model, got.colour) == (model, colour)
    assert Removed(year, "year") in got.removed


@pytest.mark.parametrize(("title", "brand", "model"), NO_YEARS)
def test_a_models_number_is_no_year(title: str, brand: str, model: str) -> None:
    assert clean(offer(title, brand)).model == model


def test_a_year_is_the_releases_where_a_field_states_the_colour_too() -> None:
    got = clean(offer("Nike Dunk Low Black White 2021", "Nike", colour_raw="Black/White"))
    assert (got.model, got.colour) == ("Dunk Low", "Black/White")


def test_years_tell_releases_apart() -> None:
    listings = [offer(f"Jordan 4 Retro Bred {year}", "Jordan") for year in ("(2019)", "(2012)", "")]
    first, second, neither = (entry_of("shop", listing, clean(listing)) for listing in listings)
    assert first.key != second.key
    assert first.profile
    assert second.profile
    assert neither.profile
    assert first.profile.release.other_than(second.profile.release)
    assert not first.profile.release.other_than(neither.profile.release)


@pytest.mark.parametrize("badge", BADGED)
@pytest.mark.parametrize(("shoe", "brand", "model", "colour"), SHOES)
def test_a_badge_is_taken_off(badge: str, shoe: str, brand: str, model: str, colour: str) -> None:
    got = clean(offer(badge.format(shoe), brand))
    assert (got.brand, got.model, got.colour, got.set_aside) == (brand.lower(), model, colour, None)
    assert clean(offer(badge.format(shoe))).brand == brand.lower()


@pytest.mark.parametrize(("title", "brand", "model"), NAMES)
def test_a_word_of_a_name_is_no_badge(title: str, brand: str | None, model: str) -> None:
    assert clean(offer(title, brand)).model == model


def test_a_colour_in_quotes_may_say_what_it_likes() -> None:
    assert clean(offer("Nike Dunk Low 'Sold Out'", "Nike")).colour == "Sold Out"


@pytest.mark.parametrize(
    "title", ["Nike SALE! Dunk Low 'Panda'", "Nike Dunk Low SALE (GS) 'Panda'", "Nike Dunk Low 'Panda' DD1391-100 SALE"]
)
def test_a_badge_stands_behind_the_brand_and_before_marks_too(title: str) -> None:
    got = clean(offer(title, "Nike"))
    assert (got.model, got.colour) == ("Dunk Low", "Panda")
    assert {part.text for part in got.removed if part.kind == "badge"} <= {"SALE", "SALE!"}
