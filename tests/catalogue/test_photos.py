from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sneakers_ml import images
from sneakers_ml.catalogue.listing import Listing, write_listings
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.catalogue.photos import PhotosResult, normalise_photos
from sneakers_ml.errors import DataError
from sneakers_ml.workspace.params import PhotosParams
from sneakers_ml.workspace.paths import Workspace
from tests.support.corpus import draw_shoe, encode

PARAMS = PhotosParams()


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def stock(workspace, source="a", **listings):
    """One listing a keyword, title and all; its value maps a file's name to its bytes (None: no such file)."""
    folder = workspace.source(source)
    rows = []
    for title, files in listings.items():
        for name, data in files.items():
            if data is not None:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
        rows.append(Listing(shop=source, listing_id=title, brand_raw="Puma", title_raw=title, photo_files=tuple(files)))
    write_listings(folder / "listings.jsonl", rows)
    merge(workspace)


def table(workspace):
    return pd.read_parquet(workspace.photo_table)


def png(seed, width=480, height=320):
    return encode(draw_shoe(width, height, seed=seed), "PNG")


def test_a_photo_is_kept_as_an_upright_jpeg_under_the_hash_of_its_pixels(workspace):
    stock(workspace, speed={"photos/1.png": png(0)})
    assert normalise_photos(workspace, PARAMS) == PhotosResult(1, 0, 0, 0, 0)
    row = table(workspace).iloc[0]
    assert row["file"] == f"images/{row['photo_id']}.jpg"
    with Image.open(workspace.photos / row["file"]) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (480, 320))
        difference = np.asarray(image, np.int16) - draw_shoe(480, 320)
    assert np.abs(difference).mean() < 2
    assert (row["width"], row["height"], row["brand"], row["source"], row["shop"]) == (480, 320, "puma", "a", "a")


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1024, 512), (512, 256)), ((300, 1536), (100, 512)), ((512, 512), (512, 512)), ((96, 64), (96, 64))],
)
def test_larger_photos_are_shrunk_and_smaller_ones_kept(workspace, size, expected):
    stock(workspace, speed={"photos/1.png": png(0, *size)})
    normalise_photos(workspace, PARAMS)
    row = table(workspace).iloc[0]
    assert (row["width"], row["height"]) == expected
    assert images.read(workspace.photos / row["file"]).shape[:2] == expected[::-1]


def test_pixel_equal_photos_are_kept_once_and_counted_as_conflicts_where_another_product_shows_them(workspace):
    stock(
        workspace,
        speed={"photos/1.png": png(0), "photos/1.bmp": encode(draw_shoe(480, 320), "BMP"), "photos/2.png": png(1)},
        suede={"photos/3.png": png(0), "photos/4.png": png(2)},
    )
    report = normalise_photos(workspace, PARAMS)
    listings = pd.read_parquet(workspace.listings).sort_values("product_id")
    conflicts = {"speed": 1, "suede": 2}[listings["title"].iloc[0]]  # the copies that come second
    assert report == PhotosResult(photos=3, rejected=0, duplicates=2, conflicts=conflicts, near_duplicates=0)
    first, other = listings["product_id"]
    # whichever of the two comes first in the catalogue keeps the shared photo beside its own
    assert table(workspace)["product_id"].value_counts().to_dict() == {first: 2, other: 1}


def test_near_duplicates_share_a_group_across_products_and_colourways_do_not(workspace):
    shoe = Image.fromarray(draw_shoe(480, 320))
    framed = Image.new("RGB", (484, 324), "white")
    framed.paste(shoe, (2, 2))
    alike = {
        "photos/whole.png": png(0),
        "photos/recompressed.jpg": encode(shoe, "JPEG", quality=60),
        "photos/smaller.png": encode(shoe.resize((440, 293)), "PNG"),
    }
    stock(
        workspace, speed=alike, suede={"photos/framed.png": encode(framed, "PNG")}, clyde={"photos/other.png": png(1)}
    )
    report = normalise_photos(workspace, PARAMS)
    assert report == PhotosResult(photos=5, rejected=0, duplicates=0, conflicts=0, near_duplicates=3)
    sizes = table(workspace).groupby("duplicate_group").size()
    assert sorted(sizes) == [1, 4]


def test_unreadable_photos_are_listed_with_their_reason_and_the_rest_goes_on(workspace):
    stock(
        workspace,
        speed={"photos/page.jpg": b"<html></html>", "photos/good.png": png(0), "photos/gone.jpg": None},
        suede={"photos/cut.jpg": encode(draw_shoe(480, 320))[:2000]},
    )
    report = normalise_photos(workspace, PARAMS)
    assert (report.photos, report.rejected) == (1, 3)
    rejected = pd.read_csv(workspace.photos / "rejected.csv").set_index("file")["reason"]
    assert set(rejected.index) == {"a/photos/page.jpg", "a/photos/gone.jpg", "a/photos/cut.jpg"}
    assert "web page" in rejected["a/photos/page.jpg"]
    assert "no such file" in rejected["a/photos/gone.jpg"]
    assert "cut off" in rejected["a/photos/cut.jpg"]


def test_views_stay_with_their_photos(workspace):
    folder = workspace.source("a")
    (folder / "photos").mkdir(parents=True)
    for name, seed in (("left", 0), ("sole", 1), ("unsaid", 2)):
        (folder / "photos" / f"{name}.png").write_bytes(png(seed))
    rows = [
        Listing(
            shop="a",
            listing_id="1",
            brand_raw="Puma",
            photo_files=("photos/left.png", "photos/sole.png"),
            photo_views=("left", "sole"),
        ),
        Listing(shop="a", listing_id="2", brand_raw="Vans", photo_files=("photos/unsaid.png",)),
    ]
    write_listings(folder / "listings.jsonl", rows)
    merge(workspace)
    normalise_photos(workspace, PARAMS)
    kept = table(workspace)
    assert sorted(zip(kept["brand"], kept["view"].fillna("unsaid"), strict=True)) == [
        ("puma", "left"),
        ("puma", "sole"),
        ("vans", "unsaid"),
    ]


def test_positions_are_the_places_in_the_gallery_whatever_is_left_out_of_it(workspace):
    stock(
        workspace,
        speed={"photos/c.png": png(0), "photos/cut.png": b"", "photos/copy.png": png(0), "photos/a.png": png(1)},
        suede={"photos/only.png": png(2)},
    )
    normalise_photos(workspace, PARAMS)
    kept = table(workspace).merge(pd.read_parquet(workspace.products)[["product_id", "title"]], on="product_id")
    assert sorted(zip(kept["title"], kept["position"], strict=True)) == [("speed", 1), ("speed", 4), ("suede", 1)]


def test_a_second_run_is_the_first_to_the_byte_and_leaves_nothing_of_old_photos(workspace):
    def run(**listings):
        stock(workspace, **listings)
        normalise_photos(workspace, PARAMS)
        return {file.name: file.read_bytes() for file in workspace.photos.rglob("*") if file.is_file()}

    speed, suede = {"photos/1.png": png(0)}, {"photos/2.png": png(1)}
    first = run(speed=speed)
    assert run(speed=speed, suede=suede).keys() > first.keys()
    assert run(speed=speed) == first


def test_progress_counts_every_photo_the_unreadable_too(workspace):
    stock(workspace, speed={"photos/1.png": png(0), "photos/2.png": b"", "photos/3.png": png(0)})
    counts = []
    normalise_photos(workspace, PARAMS, lambda done, total: counts.append((done, total)))
    assert counts == [(1, 3), (2, 3), (3, 3)]


def test_no_readable_photo_is_an_error_and_the_old_photos_stay(workspace):
    stock(workspace, speed={"photos/1.png": png(0)})
    normalise_photos(workspace, PARAMS)
    before = workspace.photo_table.read_bytes()
    stock(workspace, speed={"photos/2.png": b"not a photo"})
    with pytest.raises(DataError, match="no photo could be read"):
        normalise_photos(workspace, PARAMS)
    assert workspace.photo_table.read_bytes() == before


def test_no_catalogue_names_the_stage(workspace):
    with pytest.raises(DataError, match=r"listings\.parquet: missing; run `sneakers merge`"):
        normalise_photos(workspace, PARAMS)


def test_the_jpegs_quality_is_the_wanted_one(workspace):
    stock(workspace, speed={"photos/1.png": png(0)})
    normalise_photos(workspace, PhotosParams(jpeg_quality=70))
    row = table(workspace).iloc[0]
    expected = io.BytesIO()
    Image.fromarray(draw_shoe(480, 320)).save(expected, "JPEG", quality=70)
    assert (workspace.photos / row["file"]).read_bytes() == expected.getvalue()
