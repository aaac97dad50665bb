"""`sneakers index --update`: what a new crawl changed comes into the index, whatever the store."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import BundleError, DataError, UsageError
from sneakers_ml.index.filters import ProductFilter
from sneakers_ml.index.gallery import Gallery, vector_id
from sneakers_ml.index.index import build_index, update_index
from sneakers_ml.index.spec import read_index_spec, read_projection
from sneakers_ml.index.vector_store import STORES, open_store
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.params import IndexParams
from sneakers_ml.workspace.paths import Workspace
from tests.index.test_index import digest, write_choice, write_model
from tests.support.stores import every_store

DIM = 12


def params_of(store, dim=None):
    """Every list is read, so that answers are exact."""
    return IndexParams(store=store, dim=dim, stores={"faiss_ivf": {"shard": 64, "probes": 10**6}})


@pytest.fixture(params=every_store())
def params(request, monkeypatch):
    monkeypatch.delenv("MILVUS_URI", raising=False)
    if request.param == "milvus":
        pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    return params_of(request.param)


def vectors_of(photo_ids):
    """A photo's vector, by its id; near those of its kind, so that there is something to find."""
    rows = []
    for photo in photo_ids:
        generator = np.random.default_rng(int(photo[:8], 16))
        rows.append(np.eye(DIM)[int(photo[8], 16) % DIM] * 3 + generator.normal(size=DIM))
    return np.array(rows, np.float32)


def crawl(workspace, numbers, *, price=100.0, moved=()):
    """The catalogue as a crawl of these photos leaves it: three of a product, but for those that moved."""
    table = pd.DataFrame({"photo_id": [digest(str(number)) for number in numbers]})
    table["product_id"] = ["moved" if number in moved else f"p{number // 3}" for number in numbers]
    table["model_id"] = [f"m{number // 6}" for number in numbers]
    table["brand"] = ["#no sneaker" if number % 50 == 49 else ("nike", "puma")[number // 6 % 2] for number in numbers]
    table["source"] = "shop"
    table["duplicate_group"] = range(len(table))
    table["known"] = table["brand"] != "#no sneaker"
    table["group"] = pd.factorize(table["model_id"])[0]
    table["split"] = np.array(["train", "train", "val", "test"])[table["group"] % 4]
    for folder in (workspace.photos, workspace.features, workspace.products.parent):
        folder.mkdir(parents=True, exist_ok=True)
    columns = ["photo_id", "product_id", "model_id", "brand", "source", "duplicate_group"]
    table[columns].to_parquet(workspace.photo_table)
    table[["photo_id", "split", "known", "group"]].to_parquet(workspace.split)
    products = table.drop_duplicates("product_id")[["product_id", "brand"]]
    products = products.assign(
        title="A shoe", colour=["red", None] * (len(products) // 2) + ["blue"] * (len(products) % 2)
    )
    offer = {"shop": "demo", "url": "", "price": price, "currency": "EUR"}
    products.assign(offers=[[offer] for _ in range(len(products))]).to_parquet(workspace.products)
    np.save(workspace.features / "compass.npy", vectors_of(table["photo_id"]))
    meta = {"name": "compass", "dim": DIM, "inputs_sha256": digest(str(list(numbers)))}
    (workspace.features / "compass.json").write_text(json.dumps({**meta, "photo_ids": table["photo_id"].tolist()}))
    return table[table["brand"] != "#no sneaker"]


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path)
    crawl(made, range(200))
    write_choice(made, "compass")
    write_model(made, DIM)
    return made


def loaded(folder):
    """Spec and store, and the gallery that serving makes of them."""
    spec = read_index_spec(folder)
    shown = pd.read_parquet(folder / "gallery.parquet")
    store = open_store(spec.store, folder, spec.dim, spec.photos, spec.codec, spec.settings)
    return spec, store, Gallery(store, dict(zip(shown["photo_id"], shown["product_id"], strict=True)))


def check(folder, table):
    """The index in a folder answers as an exhaustive search of the photos of a table does."""
    spec, store, gallery = loaded(folder)
    assert spec.photos == len(gallery) == len(table)
    if not STORES[spec.store].shared:
        assert store.ids == {vector_id(photo) for photo in table["photo_id"]}
    projection = read_projection(folder, spec)
    rows = unit_rows(vectors_of(table["photo_id"]))
    rows = rows if projection is None else unit_rows(rows @ projection)
    queries = rows[:: max(17, len(rows) // 15)]
    for query in queries:
        scores = rows.astype(np.float64) @ query.astype(np.float64)
        best = pd.Series(scores).groupby(table["product_id"].to_numpy()).max().sort_values(ascending=False)
        hits = gallery.search(query, 5)
        np.testing.assert_allclose([hit.score for hit in hits], best.to_numpy()[:5], atol=2e-3)
        assert all(abs(best[hit.product_id] - hit.score) < 2e-3 for hit in hits)
        np.testing.assert_allclose([h.score for h in gallery.nearest(query, 9)], np.sort(scores)[::-1][:9], atol=2e-3)


def test_what_came_went_and_changed_is_in_the_index_and_the_rules_stay(workspace, params):
    before = build_index(workspace, params)
    table = crawl(workspace, [*range(40, 200), *range(300, 340)], moved={41, 42, 300})
    workspace.split.unlink()  # photos that came are on no side yet, and need be on none
    result = update_index(workspace, params)
    assert (result.photos, result.added, result.removed, result.changed) == (len(table), 40, 40, 2)
    assert result.updated == 80
    spec, _, gallery = loaded(workspace.index)
    assert spec.rules == before.rules
    assert gallery.product(digest("300")) == gallery.product(digest("41")) == "moved"
    check(workspace.index, table)
    again = update_index(workspace, params)
    assert (again.added, again.removed, again.changed, again.updated) == (0, 0, 0, 80)
    check(workspace.index, table)
    crawled = crawl(workspace, range(0, 400, 3))
    update_index(workspace, params)
    check(workspace.index, crawled)


def test_the_index_that_is_served_answers_while_and_after_another_takes_its_place(workspace, params):
    """`bundle` copies the files; a shared store holds for both what either shows, and forgets in the end."""
    build_index(workspace, params)
    table = crawl(workspace, range(200))
    spec, _, _ = loaded(workspace.index)
    workspace.bundle.mkdir(parents=True)

    def bundle():
        for file in workspace.index.iterdir():
            (workspace.bundle / file.name).write_bytes(file.read_bytes())

    bundle()
    served = loaded(workspace.bundle)
    newer = crawl(workspace, range(60, 260))
    update_index(workspace, params)
    for photo in table["photo_id"].iloc[::20]:
        query = unit_rows(vectors_of([photo]))[0]
        assert served[2].nearest(query, 1)[0].photo_id == photo
        np.testing.assert_allclose(served[2].vectors([photo])[0], query, atol=1e-3)
    check(workspace.bundle, table)
    check(workspace.index, newer)
    bundle()
    update_index(workspace, params)
    store = loaded(workspace.index)[1]
    assert store.ids == {vector_id(photo) for photo in newer["photo_id"]}
    assert spec.files == STORES[params.store].files


def test_all_photos_may_go_and_come_back(workspace, params):
    build_index(workspace, params)
    crawl(workspace, [49, 99])  # which show no sneakers
    result = update_index(workspace, params)
    assert (result.photos, result.added) == (0, 0)
    assert loaded(workspace.index)[2].search(unit_rows(vectors_of([digest("5")]))[0], 5) == []
    table = crawl(workspace, range(30))
    assert update_index(workspace, params).added == len(table)
    check(workspace.index, table)


@pytest.mark.scale
def test_prices_and_shops_follow_without_new_photos(workspace):
    pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    params = params_of("milvus")
    build_index(workspace, params)
    store = loaded(workspace.index)[1]
    query, cheap = unit_rows(vectors_of([digest("5")]))[0], ProductFilter(max_price=60)
    assert (store.search_products(query, 5, cheap)[1] == -1).all()
    crawl(workspace, range(200), price=50.0)
    assert update_index(workspace, params).changed == 0
    assert store.search_products(query, 5, cheap)[1][0] == vector_id(digest("5"))
    assert store.search_products(query, 500, ProductFilter(colour="red", brand="Nike"))[1][0] >= 0


def sell(workspace, *gone):
    """Products with their offers, but these, which nobody sells."""
    products = pd.read_parquet(workspace.products)
    offer = {"shop": "demo", "url": "", "price": 100.0, "currency": "EUR"}
    products["offers"] = [[] if product in gone else [offer] for product in products["product_id"]]
    products.to_parquet(workspace.products)


def test_what_nobody_sells_is_not_shown_until_it_is_back(workspace, params):
    table = crawl(workspace, range(200))
    rules = build_index(workspace, params).rules
    sell(workspace, "p3", "p40", "p5")
    sold = table[~table["product_id"].isin(["p3", "p40", "p5"])]
    result = update_index(workspace, params)
    assert (result.photos, result.added, result.removed, result.changed) == (len(sold), 0, 9, 0)
    check(workspace.index, sold)
    assert build_index(workspace, params).rules == rules  # what was sold is learnt from as ever
    check(workspace.index, sold)
    sell(workspace, "p5")
    result = update_index(workspace, params)
    assert (result.added, result.removed, result.updated) == (6, 0, 6)
    check(workspace.index, table[table["product_id"] != "p5"])


@pytest.mark.parametrize("name", [name for name in sorted(STORES.names()) if name != "milvus"])
def test_reduced_vectors_are_updated_in_their_own_space(workspace, name):
    params = params_of(name, dim=8)
    result = build_index(workspace, params)
    assert (result.dim, result.reduction.dim) == (8, DIM)
    assert 0.5 < result.reduction.energy < 1
    assert 0.3 < result.reduction.recall <= 1
    check(workspace.index, crawl(workspace, range(200)))
    table = crawl(workspace, range(50, 230))
    update_index(workspace, params)
    assert read_index_spec(workspace.index).reduction == result.reduction
    check(workspace.index, table)


class TestRefused:
    def test_before_there_is_an_index(self, workspace):
        with pytest.raises(BundleError, match=r"index\.json: missing; run `sneakers index`"):
            update_index(workspace, params_of("faiss"))

    def test_of_another_extractor_model_or_store(self, workspace):
        build_index(workspace, params_of("faiss"))
        with pytest.raises(UsageError, match=r"the store faiss as it was set then \(fp16, 12 numbers\); run"):
            update_index(workspace, params_of("faiss_ivf"))
        with pytest.raises(UsageError, match=r"the store faiss as it was set then \(fp16, 12 numbers\); run"):
            update_index(workspace, params_of("faiss").model_copy(update={"codec": "flat"}))
        write_choice(workspace, "hog")
        with pytest.raises(DataError, match=r"built for compass-svm, not hog-svm; run `sneakers index`"):
            update_index(workspace, params_of("faiss"))

    def test_another_length_than_vectors_were_reduced_to(self, workspace):
        build_index(workspace, params_of("faiss", dim=8))
        with pytest.raises(UsageError, match=r"as it was set then \(fp16, 8 numbers\); run `sneakers index`"):
            update_index(workspace, params_of("faiss", dim=6))

    def test_vectors_made_in_another_way(self, workspace):
        build_index(workspace, params_of("faiss"))
        file = workspace.features / "compass.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "weights": "others"}))
        with pytest.raises(DataError, match=r"made in another way; run `sneakers index`"):
            update_index(workspace, params_of("faiss"))

    def test_a_catalogue_of_which_nothing_is_on_sale(self, workspace):
        build_index(workspace, params_of("faiss"))
        before = {path.name: path.read_bytes() for path in workspace.index.iterdir()}
        sell(workspace, *pd.read_parquet(workspace.products)["product_id"])
        for make in (build_index, update_index):
            with pytest.raises(DataError, match=r"products\.parquet: no product that has photos is on sale any more"):
                make(workspace, params_of("faiss"))
        assert {path.name: path.read_bytes() for path in workspace.index.iterdir()} == before

    def test_photos_of_a_product_that_the_catalogue_does_not_have(self, workspace):
        pd.read_parquet(workspace.products).iloc[1:].to_parquet(workspace.products)
        with pytest.raises(DataError, match=r"without the product p0 of a photo; run `sneakers photos`"):
            build_index(workspace, params_of("faiss"))

    def test_vectors_of_other_photos(self, workspace):
        build_index(workspace, params_of("faiss"))
        stored = (workspace.features / "compass.npy").read_bytes(), (workspace.features / "compass.json").read_bytes()
        crawl(workspace, range(230))
        for name, content in zip(("compass.npy", "compass.json"), stored, strict=True):
            (workspace.features / name).write_bytes(content)
        before = {path.name: path.read_bytes() for path in workspace.index.iterdir()}
        with pytest.raises(DataError, match=r"vectors are of other photos; run `sneakers embed compass`"):
            update_index(workspace, params_of("faiss"))
        assert {path.name: path.read_bytes() for path in workspace.index.iterdir()} == before


@pytest.fixture
def served(params, tmp_path, monkeypatch):
    """Milvus as a server, which other processes ask too, and which a killed client does not stop."""
    if params.store != "milvus":
        yield
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = ["server", "--data-dir", str(tmp_path / "milvus"), "--host", "127.0.0.1", "--port", port]
    process = subprocess.Popen([sys.executable, "-m", "milvus_lite", *command], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("MILVUS_URI", f"http://127.0.0.1:{port}")
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", int(port))):
            break
        time.sleep(0.1)
    yield
    process.terminate()
    process.wait()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("update", [False, True], ids=["build", "update"])
def test_killed_at_any_time_the_old_index_serves_and_the_next_run_ends_well(workspace, params, served, update):
    """Five times, at moments spread over a run."""
    build_index(workspace, params)
    old = crawl(workspace, range(200))
    new = crawl(workspace, range(60, 3000))
    code = (
        "import sys; from pathlib import Path; from sneakers_ml.index.index import *;"
        "from sneakers_ml.workspace.params import IndexParams; from sneakers_ml.workspace.paths import Workspace;"
        "print('ready', flush=True);"
        f"{'update_index' if update else 'build_index'}(Workspace(Path({str(workspace.root)!r})),"
        f"IndexParams.model_validate({params.model_dump()!r}))"
    )

    def run(seconds):
        """Whether a run ended before it was killed."""
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        try:
            assert process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return False
        finally:
            process.stdout.close()
        return True

    spread = random.Random(3)
    for turn in range(5):
        finished = run(spread.uniform(0.3, 1.0) * (turn + 1) * 0.5)
        photos = look_at(workspace.root)
        assert photos == len(new) if finished else photos in (len(old), len(new))
    assert run(300)
    assert look_at(workspace.root) == len(new)
    assert not [path for path in workspace.index.parent.iterdir() if path.name.startswith(".index")]
    assert not [path for path in workspace.index.iterdir() if path.name.startswith(".")]


def look_at(root):
    """How many photos the index answers with, as an exhaustive search does."""
    folder = Workspace(root).index
    spec = read_index_spec(folder)
    numbers = range(200) if spec.photos < 250 else range(60, 3000)
    kept = [number for number in numbers if number % 50 != 49]
    table = pd.DataFrame({"photo_id": [digest(str(n)) for n in kept], "product_id": [f"p{n // 3}" for n in kept]})
    check(folder, table)
    return spec.photos
