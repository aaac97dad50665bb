from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from demo.shops import SHOPS, build_stock
from demo.shops.shop_photos import photo_bytes
from demo.shops.stock.apparel import APPAREL, draw_apparel
from demo.shops.stock.offer import ShopPhoto
from sneakers_ml.errors import DataError

SIZES = {
    "sneakerbaas": (400, 320),
    "superkicks": (380, 380),
    "highsnobiety": (320, 400),
    "kickscrew": (384, 384),
    "footshop": (390, 390),
}


@pytest.fixture
def photo(demo):
    return ShopPhoto("a.jpg", demo.rows[0]["file"], "jpeg")


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


@pytest.mark.parametrize("shop", SHOPS)
def test_each_shop_has_its_own_size_and_bytes(demo, photo, shop):
    data = photo_bytes(demo.folder, shop, photo)
    assert (opened(data).size, opened(data).format) == (SIZES[shop], "JPEG")
    assert photo_bytes(demo.folder, shop, photo) == data
    assert len({photo_bytes(demo.folder, name, photo) for name in SHOPS}) == 5


def test_the_table_is_each_shops_own(demo, photo):
    corner = {shop: np.asarray(opened(photo_bytes(demo.folder, shop, photo)))[5, 5].astype(int) for shop in SHOPS}
    assert corner["superkicks"][0] - corner["superkicks"][2] > 10, "cream"
    assert corner["footshop"][2] - corner["footshop"][0] > 3, "cool"
    assert corner["sneakerbaas"].min() > 247, "white"


def test_the_shoe_is_not_enlarged(demo, photo):
    def width(data):
        dark = np.asarray(opened(data).convert("RGB")).min(axis=2) < 200
        return np.ptp(np.flatnonzero(dark.any(axis=0)))

    rendered = width((demo.folder / photo.source).read_bytes())
    assert all(width(photo_bytes(demo.folder, shop, photo)) <= rendered + 3 for shop in SHOPS)


@pytest.mark.parametrize(("form", "name"), [("png", "PNG"), ("webp", "WEBP")])
def test_formats(demo, form, name):
    photo = ShopPhoto("a.jpg", demo.rows[0]["file"], form)
    image = opened(photo_bytes(demo.folder, "kickscrew", photo))
    assert image.format == name
    if form == "png":
        assert image.mode == "RGBA"
        alpha = np.asarray(image)[..., 3]
        assert (alpha[2, 2], alpha.max()) == (0, 255)
        white = Image.new("RGBA", image.size, "white")
        flat = np.asarray(Image.alpha_composite(white, image).convert("RGB")).astype(int)
        plain = photo_bytes(demo.folder, "kickscrew", ShopPhoto("a.jpg", demo.rows[0]["file"], "jpeg"))
        assert np.abs(flat - np.asarray(opened(plain)).astype(int)).mean() < 6


def test_a_thumbnail_is_a_poor_copy_whatever_its_size(demo, photo):
    original = opened(photo_bytes(demo.folder, "kickscrew", photo))
    blown_up = opened(photo_bytes(demo.folder, "kickscrew", photo, 480))
    assert (blown_up.size, opened(photo_bytes(demo.folder, "kickscrew", photo, 100)).size) == ((480, 480), (100, 100))

    def detail(image):
        return np.abs(np.diff(np.asarray(image.convert("L").resize((384, 384))).astype(int), axis=1)).mean()

    assert detail(blown_up) < 0.8 * detail(original)


def test_childrens_shoes_are_shorter(demo, photo):
    def width(data):
        return np.ptp(np.flatnonzero((np.asarray(opened(data)).min(axis=2) < 200).any(axis=0)))

    small = ShopPhoto("a.jpg", photo.source, "jpeg", kids=True)
    share = width(photo_bytes(demo.folder, "footshop", small)) / width(photo_bytes(demo.folder, "footshop", photo))
    assert 0.84 < share < 0.93


def test_apparel_is_drawn(demo):
    pictures = {draw_apparel(number, "Navy/White").tobytes() for number in range(len(APPAREL))}
    assert len(pictures) >= len({thing.outline for thing in APPAREL})
    data = photo_bytes(demo.folder, "superkicks", ShopPhoto("a.jpg", "1:Navy/White", "jpeg"))
    dark = (np.asarray(opened(data)).max(axis=2) < 130).mean()
    assert 0.15 < dark < 0.8


def test_a_missing_photo_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="draw the demo anew"):
        photo_bytes(tmp_path, "footshop", ShopPhoto("a.jpg", "photos/none.jpg", "jpeg"))


def test_every_photo_of_the_stock_can_be_made(demo):
    stock = build_stock(demo.rows)
    photos = [(shop, photo) for shop, offers in stock.items() for offer in offers for photo in offer.photos]
    assert len({(shop, photo.name) for shop, photo in photos}) == len(photos)
    for shop, photo in photos:
        assert max(opened(photo_bytes(demo.folder, shop, photo)).size) == max(SIZES[shop])
