"""Addresses of photos: completed, without sizes, each once."""

from __future__ import annotations

import pytest

from scrapers.extract.photo_urls import canonical_photo, canonical_photos, largest_of

PAGE = "https://www.superkicks.in/products/some-shoe"
DEMO = "http://127.0.0.1:8801/products/some-shoe"
CDN = "https://cdn.shopify.com/s/files/1/0603/3031/1875/files"


@pytest.mark.parametrize(
    ("found", "canonical"),
    [
        ("//cdn.shopify.com/s/files/1/a.jpg?v=1746683652", "https://cdn.shopify.com/s/files/1/a.jpg?v=1746683652"),
        (
            f"{CDN}/main-square_001c4a03-1189-4a6a-93cb-8eb73718c822_x480.jpg?w=384&v=1746683652",
            f"{CDN}/main-square_001c4a03-1189-4a6a-93cb-8eb73718c822.jpg?v=1746683652",
        ),
        (f"{CDN}/a_480x480.jpg?v=1", f"{CDN}/a.jpg?v=1"),
        (f"{CDN}/a_480x.jpg?v=1", f"{CDN}/a.jpg?v=1"),
        (f"{CDN}/a_small.png", f"{CDN}/a.png"),
        (f"{CDN}/a_grande.webp", f"{CDN}/a.webp"),
        (f"{CDN}/a_1024x1024@2x.jpg", f"{CDN}/a.jpg"),
        (f"{CDN}/a@2x.jpg", f"{CDN}/a.jpg"),
        (f"{CDN}/a_200x200_crop_center.jpg?v=1", f"{CDN}/a.jpg?v=1"),
        (f"{CDN}/a_{{width}}x.jpg", f"{CDN}/a.jpg"),
        (f"{CDN}/a.jpg?v=1&width=1946&height=10&crop=center", f"{CDN}/a.jpg?v=1"),
        (f"{CDN}/a_large_sole_x480.jpg", f"{CDN}/a_large_sole.jpg"),
        (f"{CDN}/model_x1.jpg?v=1", f"{CDN}/model.jpg?v=1"),
        (f"{CDN}/dunk-2x4.jpg", f"{CDN}/dunk-2x4.jpg"),
        ("/cdn/shop/files/a_600x.jpg?v=2", "https://www.superkicks.in/cdn/shop/files/a.jpg?v=2"),
        ("../files/a.jpg", "https://www.superkicks.in/files/a.jpg"),
        ("http://cdn.shopify.com/s/files/1/a.jpg", "https://cdn.shopify.com/s/files/1/a.jpg"),
        ("https://img.example/a_480x480.jpg?w=640&q=75", "https://img.example/a_480x480.jpg?q=75"),
        ("https://img.example/a.jpg?w=640&s=0a1b2c", "https://img.example/a.jpg?w=640&s=0a1b2c"),
        ("https://img.example/a.jpg#zoom", "https://img.example/a.jpg"),
        ("/_next/image?url=https%3A%2F%2Fimg.example%2Fa.jpg%3Fw%3D9&w=640&q=75", "https://img.example/a.jpg"),
        ("/_next/image?url=%2Fstatic%2Fa%2520b.jpg&w=640", "https://www.superkicks.in/static/a%20b.jpg"),
        (" https://img.example/a.jpg\n", "https://img.example/a.jpg"),
    ],
)
def test_asks_for_the_original(found: str, canonical: str) -> None:
    assert canonical_photo(found, PAGE) == canonical


@pytest.mark.parametrize(
    "found",
    [
        "data:image/gif;base64,R0lGOD",
        "blob:https://x.example/1",
        "javascript:void(0)",
        "https://",
        "",
        "#gallery",
        "http://[::1/a",
        "https://img.example",
        "//img.example:port/a.jpg",
    ],
)
def test_drops_what_is_no_address_of_a_photo(found: str) -> None:
    assert canonical_photo(found, PAGE) is None


def test_keeps_http_on_the_pages_own_host_alone() -> None:
    assert canonical_photo("/cdn/shop/files/a_x480.jpg?v=1", DEMO) == "http://127.0.0.1:8801/cdn/shop/files/a.jpg?v=1"
    assert canonical_photo("http://img.example/a.jpg", DEMO) == "https://img.example/a.jpg"


def test_the_extension_is_that_of_the_path_not_of_the_query() -> None:
    """Taken from the end of an address, the extension of "….jpg?v=1691505705" once was ".05705"."""
    url = canonical_photo(f"{CDN}/a_x480.jpg?v=16915.05705", PAGE)
    assert url == f"{CDN}/a.jpg?v=16915.05705"


def test_a_gallery_keeps_its_order_and_holds_each_photo_once() -> None:
    found = [
        f"{CDN}/left_x480.jpg?v=1",
        f"{CDN}/right.jpg?v=1",
        f"{CDN}/left.jpg?v=1&width=20",
        "data:image/png;base64,",
    ]
    assert canonical_photos(found, PAGE) == [f"{CDN}/left.jpg?v=1", f"{CDN}/right.jpg?v=1"]


@pytest.mark.parametrize(
    "name",
    [
        "size-chart.jpg",
        "mens_size_guide_600x.png",
        "sizechart.jpg",
        "swatch-black.png",
        "logo.png",
        "brand-logo.jpg",
        "placeholder.jpg",
        "no-image_x480.gif",
    ],
)
def test_a_gallery_holds_no_size_charts_swatches_or_logos(name: str) -> None:
    assert canonical_photos([f"{CDN}/{name}?v=1", f"{CDN}/shoe.jpg"], PAGE) == [f"{CDN}/shoe.jpg"]


@pytest.mark.parametrize(
    "name", ["air-force-1-logo-pack.jpg", "big-logo-tee-front.jpg", "icons-of-the-90s.jpg", "sizeable.jpg"]
)
def test_names_that_merely_hold_such_words_stay(name: str) -> None:
    assert canonical_photos([f"{CDN}/{name}"], PAGE) == [f"{CDN}/{name}"]


@pytest.mark.parametrize(
    ("srcset", "largest"),
    [
        ("a.jpg 320w, b.jpg 1024w, c.jpg 640w", "b.jpg"),
        ("a.jpg, b.jpg 2x", "b.jpg"),
        ("a.jpg 1x,b.jpg 3x, c.jpg 1.5x", "b.jpg"),
        (
            "https://i.example/w_320,c_fit/a.jpg 320w,\n https://i.example/w_900,c_fit/a.jpg 900w",
            "https://i.example/w_900,c_fit/a.jpg",
        ),
        ("a.jpg", "a.jpg"),
        ("  ", None),
        ("", None),
        (" , ", None),
    ],
)
def test_takes_the_largest_candidate(srcset: str, largest: str | None) -> None:
    assert largest_of(srcset) == largest
