from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.phrases import words_of
from sneakers_ml.catalogue.cleaning.style_code import code_of_field, code_of_slug, codes_of_field
from tests.catalogue.cleaning.shop_rows import kickscrew_rows, needs_reference, offer

ENDS = [  # worked out by eye, odd ones above all
    ("Air Jordan 8 Retro 'Aqua' 2025", "air-jordan-8-retro-aqua-2025-305381-006", "305381006"),
    ("Air Jordan Monogram Duffle Bag 'Hemp'", "air-jordan-monogram-duffle-bag-hemp-jd2413019ad-001", "JD2413019AD001"),
    ("Air Jordan 36 'Year of the Tiger'", "air-jordan-36-gc-pf-dn4200-064", "DN4200064"),
    ("Air Jordan Courtside 23 'Desert Gum'", "air-jordan-courtside-23-desert-gum-at0057-200", "AT0057200"),
    ("Nike Free Run 5.0 'Black White'", "nike-free-run-5-0-2021-black-white-cz1884-001", "CZ1884001"),
    ("Nike Air Max 2013 'Wolf Grey'", "nike-air-max-2013-wolf-grey-volt-black-hf3660-003", "HF3660003"),
    ("Nike Air Rift Breathe", "womens-air-rift-breathe-black-848386-001", "848386001"),
    ("adidas Yeezy Slide 'Granite'", "adidas-yeezy-slide-granite-id4132-1", "ID4132"),
    ("adidas Duramo Slide 'Black'", "adidas-duramo-slide-black-g15890", "G15890"),
    ("adidas Stan Smith CF 'Cloud White Royal'", "adidas-stan-smith-cf-white-s80042", "S80042"),
    ("adidas Duramo Slides 'White Blue Red'", "adidas-duramo-slides-white-blue-red-u43664", "U43664"),
    ("adidas Copa Mundial Leather FG 'Black White'", "adidas-men-s-copa-soccer-shoes-black-015110", "015110"),
    ("adidas Mundial Goal", "adidas-mundial-goal-core-black-core-white-core-white-019310", "019310"),
    ("adidas originals Samoa White/Black", "adidas-samoa-lea-whte-black-675033", "675033"),
    ("adidas x Gucci Gazelle 'Beige'", "wmns-adidas-gazelle-x-gucci-beige-707873-uwv20-7163", "707873UWV207163"),
    ("adidas Sports Hooded Sweater Men Green", "adidas-gm4481", "GM4481"),
    ("adidas Yeezy Quantum 'Silver black'", "adidas-yeezy-quantum-q46473", "Q46473"),
    ("adidas Yeezy Knit Runner 'Fade Indigo'", "hp3370", "HP3370"),
    ("adidas EQT Support 93/17 'Red Carpet'", "adidas-eqt-support-93-17-cq2394", "CQ2394"),
    ("adidas ADI2000 'Black'", "adidas-originals-adi2000-hq6916", "HQ6916"),
    ("adidas Campus 00s 'Black White Gum'", "adidas-campus-00s-hq8708", "HQ8708"),
    ("New Balance Fresh Foam BB v3 'NB Academy'", "new-balance-fresh-foam-bb-v3-nb-academy-bbfrsnv3", "BBFRSNV3"),
    ("New Balance 550 'Triple White'", "new-balance-550-triple-white-bb550www", "BB550WWW"),
    ("New Balance CT302 'Moonbeam'", "new-balance-302-grey-blue-ct302rc", "CT302RC"),
    ("New Balance 1000 'Mallard Green'", "new-balance-1000-mallard-green-sea-salt-m1000ma", "M1000MA"),
    ("New Balance Fresh Foam X 1080 v12 'Blue'", "new-balance-fresh-foam-x-1080-v12-m108012n", "M108012N"),
    ("New Balance More Trail v3 ET3", "new-balance-nb-fresh-foam-x-more-trail-v3-et3-wtmoret3", "WTMORET3"),
    ("New Balance Summer Lifestyle Jacket", "new-balance-summer-lifestyle-jacket-5ac2u503-lbl", "5AC2U503LBL"),
    ("New Balance 998 Made in USA", "new-balance-998-made-in-usa-grey-day-2023-grey-silver-u998gr", "U998GR"),
    ("New Balance SuperComp SD-X", "new-balance-fuelcell-usdelre2", "USDELRE2"),
    ("New Balance x Miu Miu 530", "wmns-new-balance-x-miu-miu-530-sl-silver-5e165e-3l90-f0118", "5E165E3L90F0118"),
    ("New Balance 2WXY Series Black", "new-balance-2wxy-bb2wxybg", "BB2WXYBG"),
    ("New Balance FuelCell Prism 'Black'", "new-balance-fuelcell-prism-mfcpzbw", "MFCPZBW"),
    ("New Balance 725 'Black'", "new-balance-unisex-725-series-low-top-running-shoes-black-ml725r", "ML725R"),
    ("New Balance x Salehe Yurt Pants", "new-balance-x-salehe-yurt-pants-oak-leaf-green-mp11563-olg", "MP11563OLG"),
    (
        "New Balance MADE in USA Core T-Shirt",
        "new-balance-made-in-usa-core-t-shirt-royal-blue-mt21543try",
        "MT21543TRY",
    ),
    ("New Balance Proct 'Grey Blue'", "new-balance-proct-proctctc", "PROCTCTC"),
    ("New Balance Fresh Foam X RCVRY 'Black'", "new-balance-nb-fresh-foam-x-rcvry-rcvryebk", "RCVRYEBK"),
    ("New Balance Ohtani 1 Trainer", "new-balance-ohtani-1-trainer-white-metallic-gold-tshowt1", "TSHOWT1"),
    ("New Balance 610v1 Sneakers 'Black'", "new-balance-610v1-ml610tu", "ML610TU"),
    ("ASICS Gel-Kahana TR V4 'Red Silver'", "asics-gel-kahana-tr-v4-1203a585-100", "1203A585100"),
    ("ASICS Gel-Contend 4 'Beige Navy'", "asics-gel-contend-4-beige-navy-t8d4q-250", "T8D4Q250"),
    ("Onitsuka Tiger Mexico 66 'Kill Bill'", "onitsuka-tiger-mexico-66-dl408-0490", "DL4080490"),
]
NO_CODES = [
    ("Air Jordan 4 Retro 'White Cement' 2025", "air-jordan-4-retro-white-cement-2025"),
    ("New Balance 550", "new-balance-550"),
    ("New Balance FuelCell Rebel v4", "new-balance-fuelcell-rebel-v4"),
    ("New Balance 550 Cloud", "new-balance-550-sea-salt-cloud"),
    ("550 PINKWHITE", "550-white-20"),
    ("AIR FORCE 1 07 TRIPLE WHITE", "air-force-1-07-triple-white-1"),
    ("New Balance 1080v12", "new-balance-fresh-foam-1080v12"),
    ("adidas ADI2000", "adidas-adi2000"),
    ("New Balance \u2013 M2002RDQ Sandstone", "new-balance-m2002rdq-sandstone"),
    ("adidas Samba Og", "29598-adidas-samba-og-core-black-ftw-white-gum5.html"),
    ("Nike Air Max 90", "nike-air-max-90-100"),
]
FIELDS = [
    ("DD1391-100", "DD1391100"),
    ("1201a318.500", "1201A318500"),
    (" dd1391 100 ", "DD1391100"),
    ("39075506", "39075506"),
    ("N/A", None),
    ("", None),
    (None, None),
    ("4064037518013", None),  # a barcode
    ("see below", None),
]
ADDRESSES = [  # of shops that number their pages, each with the brand that the shop names
    ("air-jordan-4-retro-930155-003-7d6f5beb-0f95-47bc-8b90-e48a32044b22", "Jordan", "930155003"),
    ("nike-dunk-high-sp-varsity-maize-cz8149-002-935483", "Nike", "CZ8149002"),
    ("blazer-mid-77-vntg-white-black-137793", "Nike", None),
    ("nike-dunk-low-dd1391-100.html", "Nike", "DD1391100"),
    ("nike-dunk-low-dd1391-100?variant=40123456789", "Nike", "DD1391100"),
    ("nike-dunk-low-dd1391-100-us-9-5", "Nike", "DD1391100"),
    ("nike-dunk-low-dd1391-100-42", "Nike", "DD1391100"),
    ("nike-dunk-low-dd1391_100", "Nike", "DD1391100"),
    ("nike-dunk-low-dd1391100", "Nike", "DD1391100"),
    ("DD1391-100-nike-dunk-low-panda", "Nike", "DD1391100"),
    ("nike-dunk-low-dd1391-100/137793", "Nike", "DD1391100"),
    ("nike-dunk-low-dd1391-100/7d6f5beb-0f95-47bc-8b90-e48a32044b22", "Nike", "DD1391100"),
    ("nike-sb-dunk-low-304292-600-2004", "Nike", "304292600"),
    ("air-jordan-4-retro-930155-003", None, "930155003"),
    ("adidas-samba-og-b75806", None, "B75806"),
    ("adidas-yeezy-boost-350-v2-zebra-cp9654-935483", "adidas", "CP9654"),
    ("ultraboost-1-0-shoes/HQ4199.html", "adidas", "HQ4199"),
    ("puma-mb-01-buzz-city-376886-13-eu-42", "Puma", "37688613"),
    ("new-balance-550-white-green-bb550wt1-935483", "New Balance", "BB550WT1"),
    ("new-balance-990v5-grey-m990gl5-us-9", "New Balance", "M990GL5"),
    ("asics-gel-kayano-14-1201a019-108-12345", "ASICS", "1201A019108"),
    ("converse-chuck-70-hi-162050c-12345", "Converse", "162050C"),
    ("vans-old-skool-vn000d3hy28-935483", "Vans", "VN000D3HY28"),
    ("hoka-clifton-9-1127895-bblc-43", "HOKA", "1127895BBLC"),
    ("reebok-club-c-85-gx9735-120", "Reebok", "GX9735"),
    ("7d6f5beb-0f95-47bc-8b90-e48a32044b22", "Nike", None),
    ("dunk-low-retro-mens-shoes-87q0hf", "Nike", None),
    ("item-12345678.aspx", "Nike", None),
    ("image_1234567890.jpg", "Nike", None),
    ("air-max-90-white-123456789", "Nike", None),
    ("nike-air-max-90-129-99-eur", "Nike", None),
    ("air-jordan-1-size-9-5", "Jordan", None),
    ("adidas-samba-og-white-137793", "adidas", None),
    ("280123-adidas-campus-00s-core-black.html", "adidas", None),
    ("adidas-adilette-navy-288022", "adidas", "288022"),
    ("adidas-zx8000-white", "adidas", None),
    ("adidas-ultraboost-fw2022", "adidas", None),
    ("puma-suede-137793", "Puma", None),
    ("reebok-club-c-935483", "Reebok", None),
    ("new-balance-550-white-green-935483", "New Balance", None),
    ("574v3/ML574V3-40443.html", "New Balance", None),
    ("hoka-clifton-9-1127895-black", "HOKA", None),
    ("puma-palermo-12345678", "Puma", None),
    ("puma-palermo-39075506", "Puma", None),
    ("reebok-club-c-100123456", "Reebok", None),
    ("clarks-wallabee-26123456", "Clarks", None),
    ("new-balance-m2002rda-rain-cloud", "New Balance", "M2002RDA"),
    ("new-balance-mr530sg-white", "New Balance", "MR530SG"),
    ("new-balance-550-bb550wt1-white-green-gs", "New Balance", "BB550WT1"),
    ("new-balance-fresh-foam-1080v12-white", "New Balance", None),
    ("new-balance-hierro7-black", "New Balance", None),
    ("new-balance-nb574s-white", "New Balance", None),
]
SEVERAL = [
    ("315122-111/CW2288-111", ("315122111", "CW2288111")),
    ("315122-111, CW2288-111", ("315122111", "CW2288111")),
    ("315122-111 CW2288-111", ("315122111", "CW2288111")),
    ("315122-111\nCW2288-111", ("315122111", "CW2288111")),
    ("CW2288-111 (old 315122-111)", ("CW2288111", "315122111")),
    ("Style: 315122-111/CW2288-111", ("315122111", "CW2288111")),
    ("GW2869/GW2870", ("GW2869", "GW2870")),
    ("DD1391-100 / DD1391 100", ("DD1391100",)),
    ("39075506 / 390755-06", ("39075506",)),
    ("DD1391-100 / 194500874787", ("DD1391100",)),  # with its barcode
    ("1201A318/500", ("1201A318500",)),
    ("S70665/18", ("S7066518",)),
    ("DD1391100", ("DD1391100",)),
    ("dd1391.100", ("DD1391100",)),
    ("DD1391_100", ("DD1391100",)),
    ("DD1391\u2013100", ("DD1391100",)),
    ("DD1391\u00a0100", ("DD1391100",)),
    ("DD1391-100 White/Black", ("DD1391100",)),
    ("dd1391-100 white", ("DD1391100",)),
    ("MR530SG White", ("MR530SG",)),
    ("GW2869 Core Black", ("GW2869",)),
    ("1123202 BBLC", ("1123202BBLC",)),
    ("SKU: DD1391-100", ("DD1391100",)),
    ("DD1391-100-10.5", ("DD1391100",)),
    ("\uff24\uff24\uff11\uff13\uff19\uff11\uff0d\uff11\uff10\uff10", ("DD1391100",)),  # full-width
    ("DD1391\u2011100", ("DD1391100",)),  # a hyphen that breaks no line
    ("M990GL6 D", ("M990GL6",)),
    ("M990GL6 2E", ("M990GL6",)),
    ("M990GL6-D", ("M990GL6",)),
    ("m990gl6 (4E)", ("M990GL6",)),
    ("DD 1391 100", ("DD1391100",)),
    ("White", ()),
    ("7d6f5beb-0f95-47bc-8b90-e48a32044b22", ()),
]
IN_TITLES = [
    ("Nike Dunk Low 'Panda' (DD1391 100)", "Nike", "Dunk Low", "DD1391100"),
    ("Nike Dunk Low [dd1391-100]", "Nike", "Dunk Low", "DD1391100"),
    ("Nike Dunk Low DD1391\u2013100", "Nike", "Dunk Low", "DD1391100"),
    ("Nike Dunk Low DD1391100", "Nike", "Dunk Low", "DD1391100"),
    ("Nike Dunk Low Style Code: DD1391-100", "Nike", "Dunk Low", "DD1391100"),
    ("Air Jordan 1 High OG 555088-134", "Jordan", "Air Jordan 1 High OG", "555088134"),
    ("Air Jordan 1 High OG (555088 134)", "Jordan", "Air Jordan 1 High OG", "555088134"),
    ("adidas Samba OG B75806", "adidas", "Samba OG", "B75806"),
    ("adidas Copa Mundial (015110)", "adidas", "Copa Mundial", "015110"),
    ("Puma Suede (376886-13)", "Puma", "Suede", "37688613"),
    ("New Balance 550 'White' (BB550WT1)", "New Balance", "550", "BB550WT1"),
    ("Karhu Fusion 2.0 (F806050)", "Karhu", "Fusion 2.0", "F806050"),
    ("Converse Chuck 70 162050C", "Converse", "Chuck 70", "162050C"),
    ("Converse Chuck 70 Hi 162050C Black", "Converse", "Chuck 70 Hi", "162050C"),
    ("Converse Chuck 70 Hi 162050C Tote", "Converse", "Chuck 70 Hi 162050C Tote", None),
    ("Puma Suede (39075506)", "Puma", "Suede", "39075506"),
    ("adidas ZX 8000 (ZX8000)", "adidas", "ZX 8000 (ZX8000)", None),
    ("New Balance 990 (M990V6)", "New Balance", "990 (M990V6)", None),
    ("Somebrand Runner (SS2023)", "Somebrand", "Runner (SS2023)", None),
]
TOKENS = {"Nike": 2, "Air Jordan": 2, "Asics": 2, "Onitsuka Tiger": 2, "Adidas": 1, "Yeezy": 1, "New Balance": 1}
"""How many parts of an address a maker's code takes: 305381-006, but M1906RA."""
BY_EYE = {
    "id4132-1": "ID4132",
    "uwv20-7163": "707873UWV207163",
    "3l90-f0118": "5E165E3L90F0118",
    "5ac2u503-lbl": "5AC2U503LBL",
    "mp11563-olg": "MP11563OLG",
}


def page(slug: str) -> str:
    return f"https://www.kickscrew.com/products/{slug}"


@pytest.mark.parametrize(("title", "slug", "code"), ENDS)
def test_the_end_of_an_address(title: str, slug: str, code: str) -> None:
    brand = next(
        name for name in ("New Balance", "adidas", "ASICS", "Onitsuka Tiger", "Nike", "Air Jordan") if name in title
    )
    assert clean(offer(title, brand, url=page(slug))).style_code == code


@pytest.mark.parametrize(("title", "slug"), NO_CODES)
def test_years_models_and_duplicates_are_no_codes(title: str, slug: str) -> None:
    for brand in ("new balance", "nike", "arvo"):
        assert code_of_slug(page(slug), words_of(title), brand) is None


@pytest.mark.parametrize(("text", "code"), FIELDS)
def test_a_field(text: str | None, code: str | None) -> None:
    assert code_of_field(text) == code


@pytest.mark.parametrize(("slug", "brand", "code"), ADDRESSES)
def test_a_shops_own_numbers_are_no_codes_and_hide_none(slug: str, brand: str | None, code: str | None) -> None:
    assert clean(offer("A Shoe of Theirs", brand, url=f"https://shop.example/sneakers/{slug}")).style_code == code


@pytest.mark.parametrize(("text", "codes"), SEVERAL)
def test_several_codes_in_one_field(text: str, codes: tuple[str, ...]) -> None:
    assert codes_of_field(text) == codes
    got = clean(offer("A Shoe of Theirs", "Somebrand", style_code=text))
    assert (got.style_code, got.other_codes) == (codes[0] if codes else None, codes[1:])


@pytest.mark.parametrize(("title", "brand", "model", "code"), IN_TITLES)
def test_a_code_in_a_title(title: str, brand: str, model: str, code: str | None) -> None:
    got = clean(offer(title, brand))
    assert (got.model, got.style_code) == (model, code)


def test_a_shops_number_before_the_price_is_no_code() -> None:
    url = "https://shop.example/nike-dunk-low-137793-120"
    assert clean(offer("A Shoe of Theirs", "Nike", url=url, price=120.0)).style_code is None
    assert clean(offer("A Shoe of Theirs", "Nike", url=url, price=95.0)).style_code == "137793120"


def test_two_codes_in_a_title_are_both_kept() -> None:
    got = clean(offer("Nike Air Force 1 (315122-111/CW2288-111)", "Nike"))
    assert got.model == "Air Force 1"
    assert {got.style_code, *got.other_codes} == {"315122111", "CW2288111"}


@pytest.mark.real
@needs_reference
def test_every_real_address_that_ends_in_a_code() -> None:
    rows = kickscrew_rows()
    assert len(rows) == 1292
    wrong = []
    for row in rows:
        slug = row["url"].rsplit("/", 1)[-1]
        parts = slug.split("-")
        expected = next((code for end, code in BY_EYE.items() if slug.endswith(end)), None)
        expected = expected or "".join(parts[-TOKENS[row["category"]] :]).upper()
        got = clean(offer(row["style_name"], row["category"], url=row["url"])).style_code
        wrong += [] if got == expected else [f"{slug}: {got}, not {expected}"]
    assert wrong == []
