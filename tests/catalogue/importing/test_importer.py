from __future__ import annotations

import csv
import hashlib
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sneakers_ml import images
from sneakers_ml.catalogue.importing.importer import ImportResult, import_photos
from sneakers_ml.catalogue.listing import Listing, read_listings
from sneakers_ml.errors import DataError, UsageError
from tests.support.corpus import make_corpus, write_photo

REAL = Path(__file__).resolve().parents[4] / "shared" / "photos"


def stored(path: Path) -> str:
    """Name that a photo's file gets inside the source's folder."""
    return f"photos/{hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()}.jpg"


def listings(raw: Path, source: str = "mine") -> dict[str, Listing]:
    return {listing.listing_id: listing for listing in read_listings(raw / source / "listings.jsonl")}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two photos of one Air Max, one of no stated model, one adidas."""
    folder = tmp_path / "photos"
    for seed, name in enumerate(["Nike/Air Max/left.jpg", "Nike/Air Max/right.jpg", "Nike/one.jpg", "adidas/two.jpg"]):
        write_photo(folder / name, seed=seed)
    return folder


def write_csv(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_folder_becomes_listings_and_photos(photos: Path, raw: Path) -> None:
    report = import_photos(photos, source="mine", raw=raw)
    assert report == ImportResult("mine", listings=3, photos=4, new=3, replaced=0, duplicates=0, faults=0)
    pair = tuple(stored(photos / "Nike/Air Max" / name) for name in ("left.jpg", "right.jpg"))
    one, two = stored(photos / "Nike/one.jpg"), stored(photos / "adidas/two.jpg")
    expected = [
        Listing(shop="mine", listing_id="model/nike/air max", brand_raw="Nike", model_raw="Air Max", photo_files=pair),
        Listing(shop="mine", listing_id="photo/Nike/one.jpg", brand_raw="Nike", photo_files=(one,)),
        Listing(shop="mine", listing_id="photo/adidas/two.jpg", brand_raw="adidas", photo_files=(two,)),
    ]
    assert list(read_listings(raw / "mine" / "listings.jsonl")) == expected
    assert files(raw) == {"mine/listings.jsonl"} | {f"mine/{photo}" for photo in (*pair, one, two)}
    assert (raw / "mine" / one).read_bytes() == (photos / "Nike/one.jpg").read_bytes()


def test_importing_again_changes_nothing(photos: Path, raw: Path, tmp_path: Path) -> None:
    import_photos(photos, source="mine", raw=raw)
    before = {name: (raw / name).read_bytes() for name in files(raw)}
    again = import_photos(photos, source="mine", raw=raw)
    elsewhere = shutil.copytree(photos, tmp_path / "a copy")
    import_photos(elsewhere, source="mine", raw=raw)
    assert (again.new, again.replaced, again.photos) == (0, 3, 4)
    assert {name: (raw / name).read_bytes() for name in files(raw)} == before


def test_a_second_import_replaces_its_own_listings_and_keeps_the_others(photos: Path, raw: Path) -> None:
    import_photos(photos, source="mine", raw=raw)
    (photos / "Nike/Air Max/left.jpg").unlink()
    shutil.rmtree(photos / "adidas")
    write_photo(photos / "puma/new.jpg", seed=9)
    report = import_photos(photos, source="mine", raw=raw)
    now = listings(raw)
    assert (report.listings, report.new, report.replaced) == (3, 1, 2)
    assert list(now) == sorted(now)
    assert set(now) == {"model/nike/air max", "photo/Nike/one.jpg", "photo/adidas/two.jpg", "photo/puma/new.jpg"}
    assert now["model/nike/air max"].photo_files == (stored(photos / "Nike/Air Max/right.jpg"),)


def test_a_listing_keeps_the_day_on_which_it_was_first_seen(photos: Path, raw: Path, tmp_path: Path) -> None:
    monday, friday = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)
    import_photos(photos, source="mine", raw=raw, now=monday)
    write_photo(photos / "adidas" / "three.jpg", seed=9)
    import_photos(photos, source="mine", raw=raw, now=friday)
    seen = {key: listing.first_seen for key, listing in listings(raw).items()}
    assert seen.pop("photo/adidas/three.jpg") == friday
    assert set(seen.values()) == {monday}


def test_a_table_of_several_shops_names_each(photos: Path, raw: Path) -> None:
    """A model that two of them sell is a listing in each; where none is named, the source is the shop."""
    table = photos / "photos.csv"
    lines = ["Nike/one.jpg,Nike,Air Max,Corner", "Nike/one.jpg,Nike,Air Max,Mall", "adidas/two.jpg,adidas,Samba,"]
    table.write_text("\n".join(["file,brand,model,shop", *lines]))
    import_photos(table, source="mine", raw=raw)
    assert {key: listing.shop for key, listing in listings(raw).items()} == {
        "model/nike/air max/corner": "Corner",
        "model/nike/air max/mall": "Mall",
        "model/adidas/samba": "mine",
    }


def test_sources_do_not_meet(photos: Path, raw: Path) -> None:
    import_photos(photos, source="mine", raw=raw)
    import_photos(photos, source="yours-2", raw=raw)
    assert {listing.shop for listing in listings(raw).values()} == {"mine"}
    assert {listing.shop for listing in listings(raw, "yours-2").values()} == {"yours-2"}


def test_rows_of_a_product_are_one_listing_with_the_first_of_each_value(photos: Path, raw: Path) -> None:
    table = write_csv(
        photos / "photos.csv",
        "file,brand,product_id,title,price,currency,view,colour,url",
        "Nike/Air Max/left.jpg,Nike,7,,n/a,,left,,",
        "Nike/Air Max/right.jpg,nike,7,Air Max 90,129.90,USD,right,red,https://s.example/7",
        "Nike/one.jpg,Nike,7,Another title,99,EUR,,blue,",
        "adidas/two.jpg,adidas,7,,,,,,",
    )
    report = import_photos(table, source="mine", raw=raw)
    assert report == ImportResult("mine", listings=2, photos=4, new=2, replaced=0, duplicates=0, faults=1)
    air = listings(raw)["product/nike/7"]
    assert air == Listing(
        shop="mine",
        listing_id="product/nike/7",
        brand_raw="Nike",
        title_raw="Air Max 90",
        product_key="7",
        price=129.9,
        currency="USD",
        colour_raw="red",
        url="https://s.example/7",
        photo_files=tuple(
            stored(photos / f"Nike/{name}") for name in ("Air Max/left.jpg", "Air Max/right.jpg", "one.jpg")
        ),
        photo_views=("left", "right", None),
    )
    assert listings(raw)["product/adidas/7"].photo_views == ()


def test_rows_of_a_model_are_one_listing_a_colour(photos: Path, raw: Path) -> None:
    table = write_csv(
        photos / "photos.csv",
        "file,brand,model,colour",
        "Nike/Air Max/left.jpg,nike,Air Max,red",
        "Nike/Air Max/right.jpg,nike,air max,Red",
        "Nike/one.jpg,nike,Air Max,blue",
        "adidas/two.jpg,adidas,,black",
    )
    import_photos(table, source="mine", raw=raw)
    assert {key: len(listing.photo_files) for key, listing in listings(raw).items()} == {
        "model/nike/air max/red": 2,
        "model/nike/air max/blue": 1,
        "photo/adidas/two.jpg": 1,
    }


def test_a_csv_elsewhere_names_files_below_root(photos: Path, raw: Path, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "table.csv", "file,brand", "one.jpg,nike")
    report = import_photos(photos, source="mine", raw=raw, manifest=table, root=photos / "Nike")
    assert (report.listings, report.rejected) == (1, ())
    beside = import_photos(photos, source="beside", raw=raw, manifest=table)
    assert beside.rejected == (("one.jpg", "There is no such file. Check its name."),)


def test_equal_photos_of_a_listing_are_kept_once(photos: Path, raw: Path) -> None:
    shutil.copy(photos / "Nike/Air Max/left.jpg", photos / "Nike/Air Max/left-again.jpg")
    shutil.copy(photos / "Nike/Air Max/left.jpg", photos / "Nike/same-bytes-other-listing.jpg")
    report = import_photos(photos, source="mine", raw=raw)
    assert (report.listings, report.photos, report.duplicates) == (4, 5, 1)
    assert len(files(raw / "mine" / "photos")) == 4
    assert len(listings(raw)["model/nike/air max"].photo_files) == 2


def test_bad_files_are_listed_and_the_rest_goes_on(raw: Path, tmp_path: Path) -> None:
    cases = make_corpus(tmp_path / "corpus" / "nike")
    report = import_photos(tmp_path / "corpus", source="mine", raw=raw)
    assert dict(report.rejected).keys() == {f"nike/{case.name}" for case in cases if not case.readable}
    for case in cases:
        if not case.readable:
            assert case.reason in dict(report.rejected)[f"nike/{case.name}"]
    assert report.listings == sum(case.readable for case in cases)
    with (raw / "mine" / "rejected.csv").open(encoding="utf-8", newline="") as file:
        assert [tuple(row) for row in csv.reader(file)] == [("file", "reason"), *report.rejected]
    kept = listings(raw)
    assert kept["photo/nike/png-named.jpg"].photo_files[0].endswith(".png")
    assert kept["photo/nike/plain.heic"].photo_files[0].endswith(".heic")


def test_a_table_of_prices_names_each_cell_that_is_none(photos: Path, raw: Path) -> None:
    table = write_csv(
        photos / "photos.csv",
        "file,brand,price,currency,sku,color",
        'Nike/one.jpg,Nike,"1.299,00",EUR,DD1000-100,White',
        "Nike/Air Max/left.jpg,Nike,0,USD,DD1005-100,White",
        "Nike/Air Max/right.jpg,Nike,-5,USD,DD1006-100,White",
    )
    report = import_photos(table, source="mine", raw=raw)
    assert (report.listings, report.faults) == (3, 2)
    assert [(fault.row, fault.cell) for fault in report.faulty] == [(3, "0"), (4, "-5")]
    assert report.notes == ("columns taken: sku as style_code, color as colour",)
    with (raw / "mine" / "faults.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[:3] for row in rows] == [["row", "column", "cell"], ["3", "price", "0"], ["4", "price", "'-5"]]
    kept = {listing.style_code: (listing.price, listing.currency) for listing in listings(raw).values()}
    assert kept == {"DD1000-100": (1299.0, "EUR"), "DD1005-100": (None, "USD"), "DD1006-100": (None, "USD")}
    write_csv(table, "file,brand", "Nike/one.jpg,Nike")
    import_photos(table, source="mine", raw=raw)
    assert not (raw / "mine" / "faults.csv").exists()


def test_a_price_keeps_the_currency_of_its_own_row(photos: Path, raw: Path) -> None:
    rows = ["Nike/one.jpg,Nike,7,,EUR", "adidas/two.jpg,Nike,7,99,USD"]
    import_photos(
        write_csv(photos / "photos.csv", "file,brand,product_id,price,currency", *rows), source="mine", raw=raw
    )
    assert [(one.price, one.currency) for one in listings(raw).values()] == [(99.0, "USD")]


def test_files_are_found_as_another_system_spells_them(photos: Path, raw: Path) -> None:
    (photos / "Nike" / "one.jpg").rename(photos / "Nike" / "ole\u0301.JPG")
    write_photo(photos / "adidas" / "TWO.jpg", seed=8)
    rows = [r"nike\Air Max\LEFT.jpg,Nike", "Nike/ol\u00e9.jpg,Nike", "adidas/Two.jpg,adidas"]
    report = import_photos(write_csv(photos / "photos.csv", "file,brand", *rows), source="mine", raw=raw)
    assert report.photos == 2
    ((file, reason),) = report.rejected
    assert file == "adidas/Two.jpg"
    assert "TWO.jpg and two.jpg" in reason


def test_no_cell_of_what_is_left_out_is_a_formula(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "=cmd|'x'.jpg").touch()
    import_photos(tmp_path / "photos", source="mine", raw=raw)
    with (raw / "mine" / "rejected.csv").open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["file", "'=cmd|'x'.jpg"]


def test_a_clean_import_clears_the_list_of_rejected(photos: Path, raw: Path) -> None:
    (photos / "Nike" / "bad.jpg").write_bytes(b"")
    assert len(import_photos(photos, source="mine", raw=raw).rejected) == 1
    (photos / "Nike" / "bad.jpg").unlink()
    assert import_photos(photos, source="mine", raw=raw).rejected == ()
    assert not (raw / "mine" / "rejected.csv").exists()


def test_nothing_outside_root_is_taken(photos: Path, raw: Path) -> None:
    secret = write_photo(photos.parent / "secret.jpg", seed=5)
    table = write_csv(
        photos / "photos.csv", "file,brand", "../secret.jpg,nike", f"{secret},nike", "Nike,nike", "Nike/one.jpg,nike"
    )
    report = import_photos(table, source="mine", raw=raw)
    reasons = dict(report.rejected)
    assert "leads out" in reasons["../secret.jpg"]
    assert "leads out" in reasons[str(secret)]
    assert "folder" in reasons["Nike"]
    assert files(raw / "mine" / "photos") == {Path(stored(photos / "Nike/one.jpg")).name}


def test_progress_runs_to_the_end_in_the_callers_thread(photos: Path, raw: Path) -> None:
    calls: list[tuple[int, int, bool]] = []
    here = threading.current_thread()
    import_photos(
        photos,
        source="mine",
        raw=raw,
        on_progress=lambda *count: calls.append((*count, threading.current_thread() is here)),
    )
    assert calls == [(done, 4, True) for done in (1, 2, 3, 4)]


def test_an_interrupted_import_keeps_the_earlier_listings(photos: Path, raw: Path) -> None:
    import_photos(photos, source="mine", raw=raw)
    before = (raw / "mine" / "listings.jsonl").read_bytes()
    write_photo(photos / "puma/new.jpg", seed=9)

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_photos(photos, source="mine", raw=raw, on_progress=interrupt)
    assert (raw / "mine" / "listings.jsonl").read_bytes() == before
    assert not [name for name in files(raw) if name.endswith(".tmp")]


def test_a_half_written_photo_is_made_whole(photos: Path, raw: Path) -> None:
    import_photos(photos, source="mine", raw=raw)
    photo = photos / "Nike/one.jpg"
    (raw / "mine" / stored(photo)).write_bytes(photo.read_bytes()[:100])
    import_photos(photos, source="mine", raw=raw)
    assert (raw / "mine" / stored(photo)).read_bytes() == photo.read_bytes()


@pytest.mark.parametrize("source", ["", "Mine", "my photos", "../mine", "a/b", "mine\n", "моё"])
def test_a_source_needs_a_plain_name(photos: Path, raw: Path, source: str) -> None:
    with pytest.raises(UsageError, match="small letters"):
        import_photos(photos, source=source, raw=raw)
    assert not raw.exists()


def test_paths_that_cannot_work(photos: Path, raw: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder or file"):
        import_photos(tmp_path / "absent", source="mine", raw=raw)
    with pytest.raises(UsageError, match="no such folder or file"):
        import_photos(photos, source="mine", raw=raw, manifest=tmp_path / "absent.csv")
    with pytest.raises(UsageError, match="--manifest"):
        import_photos(photos, source="mine", raw=raw, root=photos)
    with pytest.raises(DataError, match="holds no photos"):
        import_photos(write_csv(tmp_path / "t.csv", "file,brand"), source="mine", raw=raw)
    with pytest.raises(DataError, match="UTF-8"):
        import_photos(photos / "Nike/one.jpg", source="mine", raw=raw)
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="cannot be written"):
        import_photos(photos, source="mine", raw=tmp_path / "taken")


def test_damaged_earlier_listings_are_not_overwritten(photos: Path, raw: Path) -> None:
    (raw / "mine").mkdir(parents=True)
    (raw / "mine" / "listings.jsonl").write_text("{half a li")
    with pytest.raises(DataError, match=r"listings\.jsonl:1: not a listing"):
        import_photos(photos, source="mine", raw=raw)
    assert (raw / "mine" / "listings.jsonl").read_text() == "{half a li"


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real photos do not lie beside the checkout")
@pytest.mark.parametrize(
    ("name", "listed", "photos"), [("catalogue", 2411, 2411), ("colourways", 408, 1749), ("street", 418, 418)]
)
def test_real_photos_are_all_taken(raw: Path, name: str, listed: int, photos: int) -> None:
    report = import_photos(REAL / f"{name}.csv", source=name, raw=raw)
    assert (report.listings, report.photos, report.rejected) == (listed, photos, ())
    some = next(iter(listings(raw, name).values()))
    assert images.read(raw / name / some.photo_files[0]).shape[2] == 3
