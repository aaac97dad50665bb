"""Whole listings, with the quirks that are known to break the cleaning of titles."""

from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.cleaned import Removed
from sneakers_ml.catalogue.cleaning.naming import NO_BRAND
from tests.catalogue.cleaning.shop_rows import every_row, needs_reference, offer


@pytest.mark.parametrize(
    ("brand", "title", "model", "colour"),
    [
        ("New Balance", '550 PS "Orange Sea"', "550", "Orange Sea"),
        ("Adidas Originals", "CAMPUS 00S 'CLOUD WHITE/BLUE'", "CAMPUS 00S", "CLOUD WHITE/BLUE"),
        ("Nike", "Nike Dunk Low \u2018Panda\u2019", "Dunk Low", "Panda"),
        ("Nike", "Nike Dunk Low \u201cPanda\u201d", "Dunk Low", "Panda"),
        ("New Balance", "New Balance 550 ''Black''", "550", "Black"),
        ("HOKA", "HOKA \u2013 Bondi 8 Olive Haze", "Bondi 8", "Olive Haze"),
        ("Adidas", "ZX 2K BOOST 2.0 'WHITE", "ZX 2K BOOST 2.0", "WHITE"),
        ("Nike", "NIKE | DUNK LOW RETRO { WHITE/BLACK-WHITE", "DUNK LOW RETRO", "WHITE/BLACK-WHITE"),
        ("Nike", "Nike Air Force 1 Mid '07", "Air Force 1 Mid '07", None),
        ("Nike", "Nike Air Force 1 Low '07 'Triple White'", "Air Force 1 Low '07", "Triple White"),
        ("Nike", "Nike Air Max 1 '86 Premium", "Air Max 1 '86 Premium", None),
        ("Nike", "(WMNS) Nike Cortez 'Valentine's Day' 2025", "Cortez", "Valentine's Day"),
        ("Nike", "Nike Air Diamond Turf '49ers'", "Air Diamond Turf", "49ers"),
        ("Converse", "WMN'S RUN STAR MOTION CX 'KHAKI/OFF WHITE'", "RUN STAR MOTION CX", "KHAKI/OFF WHITE"),
    ],
)
def test_quirk_1_quotes_and_apostrophes(brand: str, title: str, model: str, colour: str | None) -> None:
    got = clean(offer(title, brand))
    assert (got.model, got.colour) == (model, colour)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"description": '- Reebok Club C "mars red"- Colour: Red- Stylecode: GX9735'}, "GX9735"),
        ({"description": '- Nike Air Max TW "BLACK"- Colour: Black / White- Stijlcode: DQ0296-001'}, "DQ0296001"),
        ({"description": '- Karhu Legacy 96 "Java"- Style code: F806050- Colors: Grey/Blue'}, "F806050"),
        ({"description": "Vans UY SK8-Hi- Colour: Black/camo-Stijlcode: VN0005VSBLK1M"}, "VN0005VSBLK1M"),
        ({"style_code": "1201A318.500"}, "1201A318500"),
        ({"style_code": "DD1391-100"}, "DD1391100"),
        ({"url": "https://www.kickscrew.com/products/nike-dunk-low-retro-panda-dd1391-100"}, "DD1391100"),
        ({"url": "https://www.sneakerbaas.com/collections/sneakers/products/550-white-20"}, None),
    ],
)
def test_quirk_2_style_codes(fields: dict[str, str], code: str | None) -> None:
    assert clean(offer("A Shoe of Theirs", "Nike", **fields)).style_code == code


@pytest.mark.parametrize(
    ("field", "title", "brand", "label", "model"),
    [
        ("adidas", "adidas Samba OG", "adidas", None, "Samba OG"),
        ("Adidas Originals", "ZX 22 BOOST", "adidas", "Originals", "ZX 22 BOOST"),
        ("adidas Performance", "adidas Adizero SL", "adidas", "Performance", "Adizero SL"),
        ("adidas", "adidas Y-3 Kaiwa", "adidas", "Y-3", "Kaiwa"),
        ("Y-3", "Y-3 Kaiwa", "adidas", "Y-3", "Kaiwa"),
        ("adidas", "adidas neo Daily 2.0", "adidas", "neo", "Daily 2.0"),
        ("adidas", "adidas Terrex AX3", "adidas", "Terrex", "AX3"),
        ("Yeezy", "adidas Yeezy Foam Runner", "adidas", None, "Yeezy Foam Runner"),
        ("Air Jordan", "Air Jordan 4 Retro", "jordan", None, "Air Jordan 4 Retro"),
        ("Jordan", "AIR JORDAN 13 RETRO", "jordan", None, "AIR JORDAN 13 RETRO"),
        ("Jordan", "Jordan Luka 3", "jordan", None, "Luka 3"),
        ("Jordan", "Jordan 4 Retro", "jordan", None, "Jordan 4 Retro"),
        ("VANS", "Vans Old Skool", "vans", None, "Old Skool"),
        ("Vans Vault", "Vans Vault OG Style 36 LX", "vans", "Vault", "OG Style 36 LX"),
        ("HOKA\u00ae", "HOKA ONE ONE Clifton 9", "hoka", None, "Clifton 9"),
        ("KARHU", "Karhu Fusion 2.0", "karhu", None, "Fusion 2.0"),
        ("Reebok Classics", "Reebok Classic Leather", "reebok", "Classics", "Classic Leather"),
        ("PUMA Sportstyle", "PUMA Suede", "puma", "Sportstyle", "Suede"),
        ("Nike Skateboarding", "Nike SB Dunk High", "nike", "Skateboarding", "SB Dunk High"),
        ("Saucony Originals", "Jazz 81", "saucony", "Originals", "Jazz 81"),
        ("Salomon Advanced", "XT-6", "salomon", "Advanced", "XT-6"),
        ("Clarks Originals", "WALLABEE LOW", "clarks", "Originals", "WALLABEE LOW"),
        ("Onitsuka Tiger", "Onitsuka Tiger Tiger Ergonio Strap", "onitsuka tiger", None, "Tiger Ergonio Strap"),
        ("New Balance", "New Balance NB 1906R", "new balance", None, "1906R"),
    ],
)
def test_quirk_3_one_brand_under_many_names(field: str, title: str, brand: str, label: str | None, model: str) -> None:
    got = clean(offer(title, field))
    assert (got.brand, got.label, got.model) == (brand, label, model)


@pytest.mark.parametrize(
    ("brand", "title", "partners", "model"),
    [
        ("Asics", "Asics x Andersson Bell Gel-Sonoma 15-50", ("Andersson Bell",), "Gel-Sonoma 15-50"),
        ("adidas", "adidas x Wales Bonner Pony Tonal Samba", ("Wales Bonner",), "Pony Tonal Samba"),
        ("adidas", "adidas x Caroline Hu x CLOT Samba OG", ("Caroline Hu", "CLOT"), "Samba OG"),
        ("Nike", "Nike Hello Kitty x Air Presto", ("Hello Kitty",), "Air Presto"),
        ("adidas Originals", "Forum Low x Andr\u00e9 Saraiva", ("Andr\u00e9 Saraiva",), "Forum Low"),
        ("Nike", "Nike x Somebody Quite New Air Zoom GT Cut", ("Somebody Quite New",), "Air Zoom GT Cut"),
        ("Salomon x And Wander", "Salomon x And Wander \u2013 XT-Slate", ("And Wander",), "XT-Slate"),
        ("adidas Originals", "Wales Bonner x adidas Originals Samba", ("Wales Bonner",), "Samba"),
        ("Nike", "Off-White x Nike Dunk Low", ("Off-White",), "Dunk Low"),
        ("New Balance", "New Balance Fresh Foam X 1080v13", (), "Fresh Foam X 1080v13"),
        ("ASICS", "ASICS Gel-Resolution X", (), "Gel-Resolution X"),
        ("adidas", "adidas X Crazyfast.3 TF", (), "X Crazyfast.3 TF"),
    ],
)
def test_quirk_3_collaborations_keep_both_names(brand: str, title: str, partners: tuple[str, ...], model: str) -> None:
    got = clean(offer(title, brand))
    assert (got.collaborators, got.model) == (partners, model)


def test_a_shop_may_file_a_collaboration_under_the_partner() -> None:
    got = clean(offer("Somebody Quite New x Nike Air Max 97", "Somebody Quite New", url="https://shop.example/97"))
    assert (got.brand, got.collaborators, got.model) == ("nike", ("Somebody Quite New",), "Air Max 97")


@pytest.mark.parametrize(
    ("brand", "title", "model"),
    [
        ("Reebok", "club c tapered", "club c tapered"),  # "red" is no colour within a word
        ("On", "one star pro", "one star pro"),
        ("Converse", "one star pro", "one star pro"),
        ("On", "On \u2013 Cloudvista Waterproof Eclipse/Black", "Cloudvista Waterproof"),
        ("Vans", "Loteria Classic Slip On", "Loteria Classic Slip On"),
        ("Nike", "Manoa Leather", "Manoa Leather"),
        ("Nike", "Superblack Goldfinch", "Superblack Goldfinch"),
    ],
)
def test_quirk_4_only_whole_words_are_removed(brand: str, title: str, model: str) -> None:
    assert clean(offer(title, brand)).model == model


@pytest.mark.parametrize(
    ("brand", "title", "model", "gender", "age"),
    [
        ("Nike", "Nike W Air Max 1 Safari", "Air Max 1 Safari", "women", None),
        ("Autry", '01 LOW M "BI EDEN"', "01 LOW", "men", None),
        ("Autry", 'AUTRY 01 LOW MAN "LEAT/LEAT RED"', "01 LOW", "men", None),
        ("adidas", "adidas ZX 9020 W", "ZX 9020", "women", None),
        ("Nike", "(WMNS) Nike Dunk Low 'Mushroom'", "Dunk Low", "women", None),
        ("Nike", "(GS) Nike Dunk Low Retro 'Panda'", "Dunk Low Retro", None, "kids"),
        ("New Balance", '550 PS "Orange Sea"', "550", None, "kids"),
        ("Vans", "Vans Kids Old Skool", "Old Skool", None, "kids"),
        ("Vans", "Vans Old Skool Kids", "Old Skool", None, "kids"),
        ("adidas", "adidas Stan Smith J 'White'", "Stan Smith", None, "kids"),
        ("Puma", "Puma Men's Basket Bump Sneaker", "Basket Bump", "men", None),
        ("Nike", "Nike Air Huarache - Men's", "Air Huarache", "men", None),
        ("Vans", "Vans Authentic - Boys' Toddler", "Authentic", "men", "kids"),
        ("Nike", "Nike Men's and Women's Court", "and Court", "unisex", None),
        ("New Balance", "New Balance \u2013 M2002RDQ Sandstone", "M2002RDQ", None, None),
        ("Reebok", "Club C", "Club C", None, None),
    ],
)
def test_quirk_5_marks_of_gender_and_age_are_no_models(
    brand: str, title: str, model: str, gender: str | None, age: str | None
) -> None:
    got = clean(offer(title, brand))
    assert (got.model, got.gender, got.age) == (model, gender, age)


@pytest.mark.parametrize(
    ("listing", "price"),
    [
        (offer("Samba", "adidas", price=120.0, currency="EUR"), (120.0, "EUR")),
        (offer("Samba", "adidas", price=120.0, currency="\u20ac"), (120.0, "EUR")),
        (offer("Samba", "adidas", price=14999.0, currency="\u20b9"), (14999.0, "INR")),
        (offer("Samba", "adidas", price=0.0, currency="USD"), (None, "USD")),
        (offer("Samba", "adidas", price=5.0, currency="gold"), (5.0, None)),
    ],
)
def test_quirk_6_a_price_keeps_its_currency(listing, price: tuple[float | None, str | None]) -> None:
    got = clean(listing)
    assert (got.price, got.currency) == price


@pytest.mark.parametrize("text", ["['blue surf', 'white', 'orange blast']", '["blue surf", "white", "orange blast"]'])
def test_quirk_6_lists_that_were_stored_as_text_are_read(text: str) -> None:
    assert clean(offer("HOVR Machina", "Under Armour", colour_raw=text)).colour == "blue surf/white/orange blast"


def test_what_was_removed_is_recorded_in_the_titles_order() -> None:
    got = clean(offer("(WMNS) adidas Originals x Wales Bonner Samba Shoes 'Core Black' 2023", "adidas"))
    assert got.removed == (
        Removed("(WMNS)", "gender"),
        Removed("adidas", "brand"),
        Removed("Originals", "label"),
        Removed("x Wales Bonner", "collaborator"),
        Removed("Shoes", "generic"),
        Removed("'Core Black'", "colour"),
        Removed("2023", "year"),
    )
    assert got.model == "Samba"


def test_a_code_in_the_title_is_taken_out_of_it() -> None:
    got = clean(offer("Nike Dunk Low DD1391-100 'Panda'", "Nike"))
    assert (got.model, got.style_code) == ("Dunk Low", "DD1391100")
    assert Removed("DD1391-100", "style_code") in got.removed


class TestBrands:
    def test_an_unknown_brand_keeps_its_name(self) -> None:
        got = clean(offer("Arvo Glide 2 'Tan/White'", "Arvo"))
        assert (got.brand, got.brand_name, got.model, got.colour) == ("arvo", "Arvo", "Glide 2", "Tan/White")

    def test_an_unknown_brand_may_have_a_label(self) -> None:
        got = clean(offer("Arvo Glide 2", "Arvo Originals"))
        assert (got.brand, got.label, got.model) == ("arvo", "Originals", "Glide 2")

    @pytest.mark.parametrize("field", [None, "", "n/a", "Unknown", "Superkicks"])
    def test_without_a_brand_field_the_title_tells(self, field: str | None) -> None:
        got = clean(offer("(WMNS) Nike Dunk Low 'Mushroom'", field))
        assert (got.brand, got.brand_name, got.model) == ("nike", "Nike", "Dunk Low")

    def test_nobody_names_a_brand(self) -> None:
        assert clean(offer("On the Road 3", None)).brand == NO_BRAND

    def test_a_shops_jordans_are_jordans_under_nike_too(self) -> None:
        page = {"url": "https://shop.example/products/air-jordan-1-mid"}
        assert clean(offer("Nike Air Jordan 1 Mid", "Nike", **page)).brand == "jordan"
        assert clean(offer("Air Jordan 1 Mid", "Nike", **page)).model == "Air Jordan 1 Mid"

    def test_the_brand_that_a_person_gave_to_photos_stays(self) -> None:
        assert clean(offer("Nike Men's Jordan White Red Black Shoe", "nike")).brand == "nike"


class TestImports:
    def test_photos_of_a_brand_alone(self) -> None:
        got = clean(offer(None, "adidas"))
        assert (got.brand, got.model, got.colour, got.removed, got.set_aside) == ("adidas", "", None, (), None)

    def test_a_title_of_marks_and_colours_stays_whole(self) -> None:
        got = clean(offer("Vans Men Blue Casual Shoes", "vans"))
        assert (got.model, got.colour, got.gender) == ("Vans Men Blue Casual Shoes", "Blue", "men")
        assert got.removed == ()

    def test_a_models_own_name_comes_before_the_title(self) -> None:
        got = clean(offer("Nike Shoes for Women in Red", "nike", model_raw="Nike Air Huarache - Women's"))
        assert (got.model, got.gender) == ("Air Huarache", "women")

    def test_a_partner_without_a_model_is_the_model(self) -> None:
        got = clean(offer("adidas originals x Melting Sadness", "adidas"))
        assert (got.model, got.collaborators) == ("Melting Sadness", ())


class TestGenderAndAge:
    @pytest.mark.parametrize(
        ("fields", "gender", "age"),
        [
            ({"gender": "Women"}, "women", None),
            ({"gender": "Herren"}, "men", None),
            ({"gender": "kids"}, None, "kids"),
            ({"collections": ("category-men", "category-women")}, "unisex", None),
            ({"collections": ("women-sneakers",)}, "women", None),
            ({"collections": ("55-kids-sneakers-and-shoes",)}, None, "kids"),
            ({"collections": ("category-kids", "category-women")}, "women", None),
            ({"url": "https://www.footshop.eu/en/womens-shoes/253510-nike-air-max-1.html"}, "women", None),
            ({"url": "https://www.kickscrew.com/products/wmns-nike-air-rift-black-ih1990-010"}, "women", None),
            ({"url": "https://www.kickscrew.com/products/nike-air-rift-black-ih1990-010"}, None, None),
            ({"gender": "men", "collections": ("women-sneakers",)}, "men", None),
        ],
    )
    def test_fields_and_places(self, fields: dict[str, object], gender: str | None, age: str | None) -> None:
        got = clean(offer("Air Max 1", "Nike", **fields))
        assert (got.gender, got.age) == (gender, age)

    def test_the_titles_mark_wins(self) -> None:
        got = clean(offer("WMNS Air Max 1", "Nike", gender="men", collections=("men-sneakers",)))
        assert got.gender == "women"


class TestColours:
    def test_a_field_of_its_own_wins_over_the_title(self) -> None:
        got = clean(offer("Vans Old Skool 'Noir'", "Vans", colour_raw="Navy/ True White"))
        assert (got.model, got.colour) == ("Old Skool", "Navy/True White")

    def test_the_description_quotes_what_the_title_shortens(self) -> None:
        words = '- Air Jordan 6 Retro GS "WHITE/DUTCH BLUE-BLACK"- Colour: White / Blue- Stijlcode: DM9045-100'
        got = clean(offer("Air Jordan 6 Retro GS Dutch Blue", "Jordan", description=words))
        assert (got.model, got.colour) == ("Air Jordan 6 Retro", "WHITE/DUTCH BLUE-BLACK")

    def test_a_misspelt_repetition_goes_too(self) -> None:
        words = '- Karhu Legacy 96 "Lily White/ Transparent"- Style code: F806046'
        got = clean(offer("Legacy 96 Trasparant", "Karhu", description=words))
        assert (got.model, got.colour) == ("Legacy 96", "Lily White/Transparent")

    def test_the_line_of_plain_colours_counts_last(self) -> None:
        words = "- Loteria- Colour: White / Blue- Stijlcode: VN0A5KROBF01"
        assert clean(offer("Loteria Classic Slip On", "Vans", description=words)).colour == "White/Blue"
        assert clean(offer("Old Skool Black", "Vans", description=words)).colour == "Black"


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("adidas Yeezy Slide 'Onyx'", False),
        ("Nike Air Max Koko Sandals 'Cream'", False),
        ("Nike On Deck Flip Flop 'Black'", False),
        ("Nike Hoops Elite Backpack 'Black'", False),
        ("adidas Germany Away Authentic Jersey'Black'", False),
        ("adidas Superstar Mule 'White'", True),
        ("Nike Clogposite 'Dusty Cactus'", True),
        ("adidas Yeezy Desert Boot 'Salt'", True),
        ("Nike Mercurial Vapor 16 Elite FG 'White'", True),
        ("Nike Dunk Low 'Home Jersey'", True),
        ("Vans Slip-On 'Black'", True),
    ],
)
def test_non_shoes_are_set_aside(title: str, kept: bool) -> None:
    assert (clean(offer(title, None)).set_aside is None) == kept


@pytest.mark.real
@needs_reference
def test_every_real_row_is_read() -> None:
    rows = list(every_row())
    assert len(rows) > 1400
    for listing in rows:
        got = clean(listing)
        assert got.brand not in {"", NO_BRAND}
        assert bool(got.model) == bool(listing.title_raw)


@pytest.mark.parametrize(
    ("title", "brand", "model"),
    [
        ("originals Samba OG", "adidas", "Samba OG"),
        ("Classics Club C", "Reebok", "Club C"),
        ("Classic Leather", "Reebok", "Classic Leather"),
        ("Originals", "adidas", "Originals"),
        ("DD1391-100 Nike Dunk Low", "Nike", "Dunk Low"),
    ],
)
def test_a_label_goes_without_its_brand_and_a_brand_behind_its_code(title, brand, model):
    assert clean(offer(title, brand)).model == model


@pytest.mark.parametrize(
    ("title", "brand", "model"),
    [
        ("Hot Wheels x Vans", "vans", "Hot Wheels"),
        ("Kid Cudi x adidas", "adidas", "Kid Cudi"),
        ("Hat Club x New Era x Nike", "nike", "Hat Club x New Era"),
        ("Tee Grizzley x Puma", "puma", "Tee Grizzley"),
        ("Bag Raiders x Vans", "vans", "Bag Raiders"),
    ],
)
def test_a_partner_without_a_model_names_the_shoe_and_sets_nothing_aside(title: str, brand: str, model: str) -> None:
    got = clean(offer(title))
    assert (got.brand, got.model, got.set_aside) == (brand, model, None)


@pytest.mark.parametrize(
    "title",
    [
        "NIKE | DUNK LOW { PANDA - SOLD OUT",
        "NIKE | DUNK LOW { PANDA - SOLD OUT }",
        "NIKE | DUNK LOW { PANDA } - SOLD OUT",
        "NIKE | DUNK LOW { PANDA [SOLD OUT]",
    ],
)
def test_a_badge_in_braces_is_no_colour(title: str) -> None:
    got = clean(offer(title, "Nike"))
    assert (got.model, got.colour) == ("DUNK LOW", "PANDA")
