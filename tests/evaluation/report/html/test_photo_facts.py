from __future__ import annotations

from sneakers_ml.evaluation.report.html.photo_facts import PhotoFacts
from tests.evaluation.builders import page_data


def test_a_photo_in_words():
    data = page_data()
    facts = PhotoFacts(data.photos, data.catalogue.products)
    assert facts["3-0-0"] == ("Bolt", "n", "laces")
    assert facts["3-0-0"].name == "Bolt"
    assert (facts["7-0-0"].title, facts["7-0-0"].name) == ("", "p")  # its product is not in the table


def test_a_title_is_cut_to_ninety_characters():
    data = page_data()
    products = data.catalogue.products.assign(title="Shoe " * 100)
    title = PhotoFacts(data.photos, products)["0-0-0"].title
    assert len(title) <= 90
    assert title.endswith("Shoe…")
