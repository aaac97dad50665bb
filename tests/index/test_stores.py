"""Every registered store keeps the same contract; the truth is numpy's."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
from contextlib import suppress
from functools import partial
from itertools import cycle, product

import numpy as np
import pytest

from sneakers_ml.errors import BundleError, DataError, UsageError
from sneakers_ml.index.filters import EVERYTHING, Facts, ProductFilter
from sneakers_ml.index.gallery import Gallery
from sneakers_ml.index.vector_store import STORES, Place, SharedStore, open_store
from sneakers_ml.serving.answer import Offer
from sneakers_ml.workspace.params import IndexParams
from tests.support.stores import every_store

DIM, COUNT = 16, 400
EXHAUSTIVE = {"faiss_ivf": {"probes": 10**6, "shard": 150}}  # every list is read, so that answers are exact


@pytest.fixture(params=every_store())
def name(request):
    if request.param == "milvus":
        pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    return request.param


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("MILVUS_URI", raising=False)
    made = tmp_path / "models" / "index"
    made.mkdir(parents=True)
    return made


def unit(seed, count):
    rows = np.random.default_rng(seed).normal(size=(count, DIM))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


IDS = np.sort(np.random.default_rng(1).choice(2**63 - 1, COUNT, replace=False))
IDS[-1] = 2**63 - 1  # as large as a photo's id can be
VECTORS = unit(2, COUNT)
QUERIES = unit(3, 6)


def created(name, folder, **settings):
    settings = settings or EXHAUSTIVE.get(name, {})
    place = Place(folder, DIM, "fp16", STORES.settings(name, {name: settings}))
    return STORES[name].create(place, COUNT, lambda count: VECTORS[:count])


def saved(name, folder, ids=IDS, vectors=VECTORS, facts=None):
    store = created(name, folder)
    for start in range(0, len(ids), 90):
        part = slice(start, start + 90)
        store.add(ids[part], vectors[part], facts and facts[part])
    store.save(folder / STORES[name].files[0])
    return store


def opened(name, folder, count=COUNT, dim=DIM):
    return open_store(name, folder, dim, count, "fp16", EXHAUSTIVE.get(name, {}))


def check(store, ids, vectors, k=10, allowed=None):
    """Scores are those of an exhaustive search, each its id's; fp16 may change places of what is all but alike."""
    shown = np.ones(len(ids), bool) if allowed is None else np.isin(ids, allowed)
    expected = QUERIES.astype(np.float64) @ vectors[shown].astype(np.float64).T
    order = np.argsort(-expected, axis=1)[:, :k]
    scores, found = store.search(QUERIES, k, allowed)
    width = order.shape[1]
    assert found.shape == scores.shape == (len(QUERIES), k)
    np.testing.assert_allclose(scores[:, :width], np.take_along_axis(expected, order, axis=1), atol=1e-3)
    places = [[ids[shown].tolist().index(each) for each in row] for row in found[:, :width].tolist()]
    np.testing.assert_allclose(
        scores[:, :width], np.take_along_axis(expected, np.array(places, int), axis=1), atol=1e-3
    )
    assert all(len(set(row)) == width for row in places)
    assert (found[:, width:] == -1).all()


def test_every_store_has_a_kind_and_defaults(name):
    kind = STORES[name]
    assert kind.files
    assert STORES.settings(name, {}) is not None
    assert IndexParams(store=name).store == name


def test_what_is_added_is_found_and_given_back(name, folder):
    store = saved(name, folder)
    assert isinstance(store, SharedStore) == STORES[name].shared
    assert len(store) == COUNT
    assert store.ids == set(IDS.tolist())
    check(store, IDS, VECTORS)
    some = IDS[[5, -1, 5, 0]]
    np.testing.assert_allclose(store.vectors(some), VECTORS[[5, -1, 5, 0]], atol=1e-3)
    assert store.vectors(np.empty(0, np.int64)).shape == (0, DIM)


def test_a_search_before_it_is_saved_finds_what_is_there(name, folder):
    store = created(name, folder)
    for start in range(0, COUNT, 90):
        store.add(IDS[start : start + 90], VECTORS[start : start + 90])
    check(store, IDS, VECTORS)
    store.remove(IDS[:200])
    check(store, IDS[200:], VECTORS[200:])
    store.save(folder / STORES[name].files[0])
    check(opened(name, folder, 200), IDS[200:], VECTORS[200:])


@pytest.mark.parametrize("allowed", [IDS[::3], IDS[7:9], IDS[:1], np.array([5, 6]), IDS[[0, -1]]])
def test_only_allowed_ids_are_found(name, folder, allowed):
    store = saved(name, folder)
    check(store, IDS, VECTORS, 10, allowed)


def test_nothing_allowed_nothing_found(name, folder):
    scores, ids = saved(name, folder).search(QUERIES, 3, np.empty(0, np.int64))
    assert (ids == -1).all()
    assert (scores == -np.inf).all()


def test_more_than_there_is(name, folder):
    check(saved(name, folder, IDS[:7], VECTORS[:7]), IDS[:7], VECTORS[:7], k=20)


def test_an_empty_store(name, folder):
    store = created(name, folder)
    assert (len(store), store.ids, store.remove(IDS[:3])) == (0, set(), 0)
    assert (store.search(QUERIES, 3)[1] == -1).all()
    store.add(np.empty(0, np.int64), np.empty((0, DIM), np.float32))
    store.save(folder / STORES[name].files[0])
    assert len(opened(name, folder, 0)) == 0


def test_what_does_not_fit_is_refused_and_nothing_is_added(name, folder):
    store = saved(name, folder, IDS[:50], VECTORS[:50])
    for ids, vectors, words in (
        ([IDS[60], IDS[3]], VECTORS[:2], "there already"),
        ([IDS[60], IDS[60]], VECTORS[:2], "there already"),
        ([IDS[60]], VECTORS[:2], "shape"),
        ([IDS[60]], VECTORS[:1, :-1], "shape"),
        ([IDS[60]], VECTORS[:1] * 2, "unit length"),
        ([IDS[60]], VECTORS[:1] * np.nan, "unit length"),
    ):
        with pytest.raises(DataError, match=words):
            store.add(np.array(ids), np.asarray(vectors))
    assert len(store) == 50


def test_remove_and_come_back(name, folder):
    store = saved(name, folder)
    assert store.remove(np.concatenate([IDS[:30], [17]])) == 30
    assert len(store) == COUNT - 30
    check(store, IDS[30:], VECTORS[30:])
    with pytest.raises(KeyError, match="no such id"):
        store.vectors(IDS[28:32])
    store.add(IDS[:30], VECTORS[30:60])
    assert set(store.search(VECTORS[30:31], 2)[1][0].tolist()) == {IDS[0], IDS[30]}


def test_a_loaded_store_is_the_saved_one_and_can_be_changed_and_saved_again(name, folder):
    saved(name, folder, IDS[:300], VECTORS[:300])
    store = opened(name, folder, 300)
    check(store, IDS[:300], VECTORS[:300])
    assert store.remove(IDS[:100]) == 100
    store.add(IDS[300:], VECTORS[300:])
    check(store, IDS[100:], VECTORS[100:])
    check(store, IDS[100:], VECTORS[100:], allowed=IDS[90:160])
    store.save(folder / STORES[name].files[0])
    check(store, IDS[100:], VECTORS[100:])
    check(opened(name, folder, 300), IDS[100:], VECTORS[100:])
    assert sorted(path.name for path in folder.iterdir()) == sorted(STORES[name].files)


def test_changes_of_a_file_store_touch_no_file_before_it_is_saved(name, folder):
    saved(name, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    store = opened(name, folder)
    store.remove(IDS[:100])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert len(opened(name, folder, COUNT - 100 if STORES[name].shared else COUNT)) == len(store) + (
        0 if STORES[name].shared else 100
    )


@pytest.mark.parametrize(("count", "dim"), [(COUNT + 1, DIM), (COUNT, DIM + 1), (COUNT, DIM - 1)])
def test_another_size_than_promised_is_refused(name, folder, count, dim):
    saved(name, folder)
    with pytest.raises(BundleError, match=f"{COUNT} vectors of {DIM} numbers, not {count} of {dim}; rebuild it"):
        opened(name, folder, count, dim)


DAMAGES = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "cut by a byte": lambda data: data[:-1],
    "garbage": lambda data: b"x" * max(500, len(data)),
    "zeros": lambda data: bytes(len(data)),
    "longer": lambda data: data + data,
}


def test_every_damaged_or_missing_file_is_refused_in_one_line(name, folder):
    saved(name, folder)
    for file, (kind, damage) in product(STORES[name].files, DAMAGES.items()):
        whole = (folder / file).read_bytes()
        if (kind, file) in {("longer", "index.faiss"), ("cut by a byte", "index.milvus")}:
            continue  # what follows a whole index is not read; a line break is not missed
        (folder / file).write_bytes(damage(whole))
        with pytest.raises(BundleError, match=r"sneakers index|rebuild it") as caught:
            opened(name, folder)
        assert "\n" not in str(caught.value), kind
        (folder / file).unlink()
        with pytest.raises(BundleError, match="missing"):
            opened(name, folder)
        (folder / file).write_bytes(whole)
    assert len(opened(name, folder)) == COUNT


def test_a_flipped_byte_is_refused_or_harmless(name, folder):
    """A hash vouches for the files before they are read; what was damaged before that may be refused, not crash."""
    saved(name, folder)
    generator = np.random.default_rng(5)
    for file in STORES[name].files:
        whole = (folder / file).read_bytes()
        for place in [*range(0, min(120, len(whole)), 15), *generator.integers(len(whole), size=4)]:
            changed = bytearray(whole)
            changed[place] ^= 0x40
            (folder / file).write_bytes(changed)
            with suppress(BundleError):
                opened(name, folder).search(QUERIES, 5)
        (folder / file).write_bytes(whole)


COLOURS, SHOPS, BRANDS = (
    ("red", "blue", "white"),
    ("Superkicks", "foot_locker", "the 50% shop"),
    ("Nike", "New 'B'", "Ö"),
)


def catalogue(seed, count=120):
    """Products with offers of several shops and currencies, some without a price, one without any offer."""
    generator = np.random.default_rng(seed)
    for number in range(count):
        offers = tuple(
            Offer(str(generator.choice(SHOPS)), None, price, str(generator.choice(["EUR", "INR"])))
            for price in generator.choice([None, 10.0, 50.5, 99.99, 4000.0], generator.integers(0, 4))
        )
        colours = {str(one) for one in generator.choice(COLOURS, generator.integers(0, 3))}
        yield f"p{number}", str(generator.choice(BRANDS)), offers, frozenset(colours)


FILTERS = [
    EVERYTHING,
    ProductFilter(brand=" nike"),
    ProductFilter(brand="NEW 'b'"),
    ProductFilter(brand="ö", colour="red"),
    ProductFilter(brand="nobody"),
    ProductFilter(shop="superkicks "),
    ProductFilter(shop="foot_locker", max_price=60),
    ProductFilter(shop="The 50% Shop", min_price=50, max_price=99.99, currency="eur"),
    ProductFilter(max_price=10),
    ProductFilter(min_price=100.0),
    ProductFilter(min_price=60, max_price=90),
    ProductFilter(max_price=float("inf"), min_price=float("-inf")),
    ProductFilter(colour="white", currency="INR"),
    ProductFilter(shop='"; drop', colour="a\\b%"),
]


def test_products_are_grouped_and_filtered_as_by_hand(name, folder):
    facts = {product: (brand, offers, colours) for product, brand, offers, colours in catalogue(1)}
    owners = np.random.default_rng(9).choice(list(facts), COUNT)
    photos = [f"{int(key) << 1:016x}{'0' * 24}" for key in IDS]
    told = [Facts.of(owner, facts[owner][0], *facts[owner][1:]) for owner in owners]

    def passes(product, where):
        return where.accepts(*facts[product])

    store = saved(name, folder, facts=told)
    gallery = Gallery(store, dict(zip(photos, owners, strict=True)))
    left_out = set(owners[:3])
    for where, query, without in zip(FILTERS, cycle(QUERIES), cycle([(), left_out]), strict=False):
        scores = VECTORS.astype(np.float64) @ query.astype(np.float64)
        expected = {}
        for row in np.argsort(-scores):
            if passes(owners[row], where) and owners[row] not in without:
                expected.setdefault(owners[row], scores[row])
        for top in (1, 5, 1000):
            hits = gallery.search(query, top, partial(passes, where=where), where=where, without=without)
            found = {hit.product_id: hit.score for hit in hits}
            assert len(found) == len(hits) == min(top, len(expected))
            np.testing.assert_allclose(list(found.values()), list(expected.values())[:top], atol=1e-3)
            assert all(abs(expected[product] - score) < 1e-3 for product, score in found.items())
    only = {*owners[:40]}
    asked = gallery.search(QUERIES[0], 8, lambda product: product in only)
    assert len(asked) == 8
    assert {hit.product_id for hit in asked} <= only


def test_what_a_gallery_does_not_show_is_not_answered(name, folder):
    """As an update of a shared store leaves it, before the bundle is replaced."""
    if not STORES[name].shared:
        pytest.skip("a store of files is of its gallery")
    facts = [Facts(f"p{number // 2}", "nike") for number in range(COUNT)]
    store = saved(name, folder, facts=facts)
    shown = slice(0, COUNT, 5)
    photos = {f"{int(key) << 1:016x}{'0' * 24}": f"p{number // 2}" for number, key in list(enumerate(IDS))[shown]}
    gallery = Gallery(store, photos)
    expected = np.argsort(-(VECTORS[shown] @ QUERIES[0]))
    scores = (VECTORS[shown] @ QUERIES[0])[expected]
    np.testing.assert_allclose([hit.score for hit in gallery.nearest(QUERIES[0], 20)], scores[:20], atol=1e-5)
    assert {hit.photo_id for hit in gallery.search(QUERIES[0], 5)} <= photos.keys()


def test_lists_that_are_read_in_part_find_nearly_all(folder):
    """Around 40 centres, as photos of products lie; a tenth of the lists is read."""
    generator = np.random.default_rng(4)
    centres = generator.normal(size=(40, DIM))
    rows = centres[generator.integers(40, size=4000)] + 0.2 * generator.normal(size=(4000, DIM))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    place = Place(folder, DIM, settings=STORES.settings("faiss_ivf", {"faiss_ivf": {"lists": 60, "probes": 6}}))
    store = STORES["faiss_ivf"].create(place, 3900, lambda count: rows[:count])
    store.add(np.arange(3900), rows[:3900])
    store.save(folder / "index.faiss")
    exact = np.argsort(-(rows[3900:] @ rows[:3900].T), axis=1)[:, :10]
    found = store.search(rows[3900:], 10)[1]
    assert np.mean([len(np.intersect1d(*pair)) / 10 for pair in zip(found, exact, strict=True)]) > 0.97
    few = np.arange(0, 3900, 100)
    exact = few[np.argsort(-(rows[3900:] @ rows[few].T), axis=1)[:, :10]]
    found = store.search(rows[3900:], 10, few)[1]
    assert np.mean([len(np.intersect1d(*pair)) / 10 for pair in zip(found, exact, strict=True)]) > 0.97


def test_an_unknown_store_or_setting_is_named():
    with pytest.raises(UsageError, match=r"no vector store 'pinecone'; choose from faiss, faiss_ivf, milvus"):
        STORES["pinecone"]
    with pytest.raises(UsageError, match=r"index\.stores\.faiss_ivf\.probe: Extra inputs"):
        STORES.settings("faiss_ivf", {"faiss_ivf": {"probe": 3}})


@pytest.mark.scale
def test_earlier_collections_that_nothing_names_are_dropped(folder):
    pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    served = folder.with_name("serving")
    served.mkdir()
    first = saved("milvus", folder)
    (folder / "index.milvus").rename(served / "index.milvus")
    killed = created("milvus", folder)
    killed.add(IDS[:9], VECTORS[:9])
    second = saved("milvus", folder)
    assert len({first.collection, killed.collection, second.collection}) == 3
    check(first, IDS, VECTORS)  # which serves meanwhile
    with pytest.raises(BundleError, match=killed.collection):
        len(killed)


@pytest.mark.scale
@pytest.mark.parametrize("seed", range(6))
def test_any_filter_of_milvus_is_that_of_the_catalogue(folder, seed):
    """Drawn at random, with terms that mean something to Milvus' own language."""
    pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    facts = {product: told for product, *told in catalogue(seed, 60)}
    owners = np.random.default_rng(seed).choice(list(facts), COUNT)
    photos = [f"{int(key) << 1:016x}{'0' * 24}" for key in IDS]
    store = saved("milvus", folder, facts=[Facts.of(owner, facts[owner][0], *facts[owner][1:]) for owner in owners])
    gallery = Gallery(store, dict(zip(photos, owners, strict=True)))
    draw = random.Random(seed)
    prices = [None, None, 9.99, 10.0, 50.5, 99.99, 4000, 1e300, float("inf"), float("nan")]
    for query in np.repeat(QUERIES, 10, axis=0):
        where = ProductFilter(
            brand=draw.choice([None, None, *BRANDS, "  NIKE ", "nik_", "%", '" or brand != "', "Ö" * 3000]),
            min_price=draw.choice(prices),
            max_price=draw.choice(prices),
            currency=draw.choice([None, "eur", "INR", "USD"]),
            shop=draw.choice([None, None, *SHOPS, "foot-locker", "footXlocker", "|", "\\"]),
            colour=draw.choice([None, None, *COLOURS, "re_", "'"]),
        )
        asked = Gallery(store, {}) if draw.random() < 0.1 else gallery
        expected = {}
        for row in np.argsort(-(VECTORS @ query)):
            if len(asked) and where.accepts(*facts[owners[row]]):
                expected.setdefault(owners[row], VECTORS[row] @ query)
        top = draw.choice([1, 3, 10, 500])
        hits = asked.search(query, top, lambda product, where=where: where.accepts(*facts[product]), where=where)
        assert [hit.product_id for hit in hits] == list(expected)[:top], where
        np.testing.assert_allclose([hit.score for hit in hits], list(expected.values())[:top], atol=1e-5)


@pytest.mark.scale
def test_a_milvus_that_does_not_answer_is_one_line(folder, monkeypatch):
    pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("MILVUS_URI", f"http://127.0.0.1:{port}")
    with pytest.raises(BundleError, match=f"^Milvus, http://127.0.0.1:{port}: .*check MILVUS_URI") as caught:
        created("milvus", folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("uri", ["milvus:19530", "nonsense", "models/other.db", "http://"])
def test_an_address_of_milvus_that_is_none_is_named(folder, monkeypatch, uri):
    monkeypatch.setenv("MILVUS_URI", uri)
    with pytest.raises(UsageError, match=f"^MILVUS_URI: '{uri}' is no address such as http://milvus:19530$"):
        created("milvus", folder)


@pytest.mark.scale
def test_an_embedded_milvus_that_another_process_has_open_is_one_line(folder):
    pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    saved("milvus", folder)
    code = (
        "import sys; from pathlib import Path; from sneakers_ml.index.vector_store import open_store;"
        f"open_store('milvus', Path(sys.argv[1]), {DIM}, {COUNT}, 'fp16', {{}})"
    )
    other = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    said = other.stderr.splitlines()[-1]
    assert "BundleError: Milvus, " in said
    assert said.endswith("and that no other process has it open")


def test_where_milvus_is_not_installed_it_says_what_to_install(folder):
    try:
        import pymilvus  # noqa: F401
    except ImportError:
        with pytest.raises(UsageError, match=r"needs an extra: pip install 'sneakers-ml\[milvus\]'"):
            created("milvus", folder)
    else:
        pytest.skip("it is installed")
