"""Tables of what the stages found: why listings were joined, and how good the models are."""

from __future__ import annotations

from typing import Any

from sneakers_ml.catalogue.explain import Explanation
from sneakers_ml.cli.output import print_facts, print_table
from sneakers_ml.features.extractor import shown_name
from sneakers_ml.serving.formatting import display_title

__all__ = ["print_evaluation", "print_explanation"]


def print_explanation(product: Explanation) -> None:
    """A product, its offers, and why each of its listings was joined; the listings' titles are the shops' own."""
    print_facts(display_title(product.title), {"product": product.product_id, **product.facts})
    print_table("offers", ["shop", "price", "address"], product.offers)
    for listing in product.listings:
        removed = ", ".join(f"{text} ({kind})" for text, kind in listing.removed)
        facts = {"title": listing.title, "why": listing.reason, "taken from the title": removed or "nothing"}
        print_facts(listing.place, facts)


def print_evaluation(metrics: dict[str, dict[str, Any]]) -> None:
    """Brand models, best first, over all test photos; extractors' retrieval, by source too where there are several.

    Args:
        metrics: what reports/metrics.json holds.
    """
    brands = sorted(metrics["brand"].items(), key=lambda item: (-item[1]["all"]["macro_f1"], item[0]))
    print_table(
        "brand, test photos; difference in macro_f1 to the best on validation",
        ["model", "macro_f1", "accuracy", "difference"],
        [
            [
                _shown(name, slices),
                *(_interval(slices["all"], key) for key in ("macro_f1", "accuracy", "macro_f1_delta")),
            ]
            for name, slices in brands
        ],
    )
    keys = ("recall_at_1", "recall_at_5", "map")
    rows = []
    for name, slices in metrics["retrieval"].items():
        sources = slices["by_source"] if len(slices["by_source"]) > 1 else {}
        for source, figures in {"all": slices["all"], **sources}.items():
            rows.append([_shown(name, slices), source, *(_interval(figures, key) for key in keys)])
    print_table("retrieval, test queries", ["model", "source", *keys], rows)


def _shown(name: str, slices: dict[str, Any]) -> str:
    return shown_name(name, slices.get("weights", ""))


def _interval(figures: dict[str, float], key: str) -> str:
    if key not in figures:
        return "–"
    low, high = figures.get(f"{key}_low"), figures.get(f"{key}_high")
    return f"{figures[key]:.3f}" + (f" [{low:.3f}, {high:.3f}]" if low is not None and high is not None else "")
