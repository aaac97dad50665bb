"""A bundle answers alike whatever store its index is kept in, and a bot takes a new one up."""

from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml import images
from sneakers_ml.errors import BundleError
from sneakers_ml.index.filters import ProductFilter
from sneakers_ml.index.index import build_index
from sneakers_ml.index.vector_store import STORES
from sneakers_ml.serving.bundle import make_bundle
from sneakers_ml.serving.live import LiveBundle
from sneakers_ml.serving.manifest import verify
from sneakers_ml.workspace.params import BundleParams, IndexParams
from tests.support.stores import every_store

FILTERS = [
    ProductFilter(),
    ProductFilter(brand="Arvo"),
    ProductFilter(shop="outlet", max_price=1e9),
    ProductFilter(colour="blue"),
]


@pytest.fixture(params=every_store("faiss"))  # which the bundle that is compared with has
def store(request, monkeypatch):
    monkeypatch.delenv("MILVUS_URI", raising=False)
    if request.param == "milvus":
        pytest.importorskip("pymilvus", reason="needs sneakers-ml[milvus]")
    return request.param


def said(live, photo):
    """What an answer shows with each filter."""
    recognizer = live.current.recognizer
    shown = []
    for products in FILTERS:
        neighbours = recognizer.answer(photo, top=60, products=products, floor=-1.0).neighbours
        shown.append({each.product_id: each.score for each in neighbours})
    return shown


def test_answers_are_those_of_exact_search_and_a_new_index_is_taken_up(tiny, tmp_path, store):
    workspace = tiny.copy(tmp_path / "ws")
    photo = images.read(tiny.queries[0].path, longest_side=320)
    live = LiveBundle(workspace.bundle, threads=1)
    before = said(live, photo)
    assert all(before)
    build_index(workspace, IndexParams(store=store))
    make_bundle(workspace, BundleParams(thumbnail_side=96))
    assert verify(workspace.bundle).index.store == store
    assert live.refresh()
    for exact, found in zip(before, said(live, photo), strict=True):
        assert found.keys() == exact.keys()
        np.testing.assert_allclose([found[key] for key in exact], list(exact.values()), atol=2e-3)
    for name in STORES[store].files:
        file = workspace.bundle / name
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + b"?")
        with pytest.raises(BundleError, match=f"{name}: changed since the bundle was made"):
            live.refresh()
        file.write_bytes(whole)
    assert said(live, photo)[0].keys() == before[0].keys()  # the one before serves on


def test_shorter_vectors_answer_nearly_alike(tiny, tmp_path):
    workspace = tiny.copy(tmp_path / "ws")
    photo = images.read(tiny.queries[0].path, longest_side=320)
    live = LiveBundle(workspace.bundle, threads=1)
    before = said(live, photo)[0]
    result = build_index(workspace, IndexParams(dim=32))
    assert (result.dim, result.reduction.dim) == (32, 1280)
    make_bundle(workspace, BundleParams(thumbnail_side=96))
    assert live.refresh()
    recognizer = live.current.recognizer
    assert recognizer.dim == len(recognizer.vector(photo)) == 32
    assert np.linalg.norm(recognizer.vector(photo)) == pytest.approx(1, abs=1e-5)
    first = sorted(before, key=before.get, reverse=True)[:5]
    shown = said(live, photo)[0]
    assert set(first) & set(sorted(shown, key=shown.get, reverse=True)[:5])
    (workspace.bundle / "projection.npy").unlink()
    with pytest.raises(BundleError, match=r"projection\.npy: missing"):
        live.refresh()
