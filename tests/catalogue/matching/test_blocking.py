from __future__ import annotations

import pytest

from sneakers_ml.catalogue.matching.blocking import ProfileIndex
from tests.catalogue.matching.builders import listed


def profile(model, colour="White/Black", **cleaned):
    return listed("a:1", model, colour, **cleaned).profile


def index_of(**models):
    """An index with one pool and a holder a model."""
    index = ProfileIndex()
    for holder, model in models.items():
        index.add(profile(model), holder, "pool")
    return index


def test_alike_names_are_found_whichever_came_first():
    index = index_of(retro="Dunk Low Retro", low="Dunk Low", high="Dunk High", other="Blazer")
    assert {holder: score for score, holder in index.alike(profile("Dunk Low"), "pool")} == {"low": 100, "retro": 96}
    assert {holder for _, holder in index.alike(profile("Dunk Low Retro"), "pool")} == {"low", "retro"}


def test_the_very_same_comes_first():
    index = ProfileIndex()
    index.add(profile("Dunk", "White/Core Black"), "near", "pool")
    index.add(profile("Dunk"), "same", "pool")
    assert [holder for _, holder in index.alike(profile("Dunk"), "pool")] == ["same", "near"]


@pytest.mark.parametrize("cleaned", [{"brand": "puma"}, {"age": "kids"}, {"collaborators": ("Patta",)}])
def test_other_buckets_are_not_looked_into(cleaned):
    assert list(index_of(one="Dunk").alike(profile("Dunk", **cleaned), "pool")) == []


def test_pools_are_apart():
    index = index_of(one="Dunk")
    index.add(profile("Dunk"), "two", "other")
    assert list(index.alike(profile("Dunk"), "other")) == [(100, "two")]
    assert list(index.alike(profile("Dunk"), "third")) == []


def test_the_other_gender_costs():
    index = ProfileIndex()
    index.add(profile("Dunk", gender="women"), "hers", "pool")
    assert list(index.alike(profile("Dunk", gender="men"), "pool")) == [(94, "hers")]
    # two words of 0.3 more: 92.5 for the same gender, 86.5 for the other, which is not enough
    assert list(index.alike(profile("Dunk", "Core White/Core Black", gender="women"), "pool"))
    assert not list(index.alike(profile("Dunk", "Core White/Core Black", gender="men"), "pool"))
