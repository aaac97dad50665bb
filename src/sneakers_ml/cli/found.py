"""What `sneakers find` does, and how products stand in tables and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import typer

from sneakers_ml.cli.output import print_json, print_line, print_table
from sneakers_ml.serving.answer import Match
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.finder import Finder
from sneakers_ml.serving.formatting import brand_name, display_title, match_json, price_line
from sneakers_ml.workspace.paths import Workspace

__all__ = ["find", "print_matches"]

AnyMatch = TypeVar("AnyMatch", bound=Match)


def find(workspace: Workspace, words: str, top: int, products: ProductFilter, *, as_json: bool) -> None:
    """Print the sneakers that words ask for; exit code 1 when there are none."""
    matches = Finder.load(workspace.bundle).find(words, top=top, products=products)
    if as_json:
        print_json({"query": words, "similar": [match_json(match) for match in matches]})
    elif matches:
        print_matches(matches, {"score": lambda match: f"{match.score:.3f}"})
    else:
        print_line("no such sneaker in the catalogue; try fewer words, or fewer filters")
    if not matches:
        raise typer.Exit(1)


def print_matches(matches: Sequence[AnyMatch], columns: Mapping[str, Callable[[AnyMatch], str]]) -> None:
    """A table of products, some columns first; their links below in whole lines, so that they can be followed."""
    rows = [
        (
            place,
            *(cell(match) for cell in columns.values()),
            display_title(match.title),
            brand_name(match.brand),
            list(map(price_line, match.offers)),
        )
        for place, match in enumerate(matches, start=1)
    ]
    print_table("", ["", *columns, "sneaker", "brand", "offers"], rows)
    for place, match in enumerate(matches, start=1):
        for url in filter(None, (offer.url for offer in match.offers)):
            print_line(f"  {place}  {url}")
