"""Real titles whose parts a person has read off them: tests/catalogue/golden/titles.csv."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.listing import Listing

GOLDEN = Path(__file__).parents[1] / "golden" / "titles.csv"
QUOTES = str.maketrans(dict.fromkeys("’‘´", "'"))
FLOORS = {"brand": 0.99, "style_code": 0.98, "model": 0.95, "colour": 0.95, "gender": 0.95}
MOST_EMPTY = 0.95
SET_ASIDE = 0.97


def folded(text: str | None) -> str:
    """A cell for comparing: any case, one kind of quote, single blanks, none beside a slash."""
    return re.sub(r"\s*/\s*", "/", " ".join((text or "").casefold().translate(QUOTES).split()))


def listing(row: dict[str, str]) -> Listing:
    return Listing(
        shop=row["shop"],
        listing_id=f"{row['file']}:{row['row']}",
        url=row["url"] or None,
        brand_raw=row["brand_raw"] or None,
        title_raw=row["title_raw"] or None,
        colour_raw=row["colour_raw"] or None,
        style_code=row["style_raw"] or None,
        description=row["description"] or None,
        collections=(row["collection"],) if row["collection"] else (),
    )


@cache
def golden() -> list[tuple[dict[str, str], Cleaned]]:
    with GOLDEN.open(encoding="utf-8", newline="") as lines:
        return [(row, clean(listing(row))) for row in csv.DictReader(lines)]


def misses(field: str, pairs: list[tuple[dict[str, str], Cleaned]]) -> list[str]:
    wrong = [pair for pair in pairs if folded(pair[0][field]) != folded(getattr(pair[1], field))]
    return [f"{row['title_raw']!r}: {row[field]!r}, not {getattr(got, field)!r}" for row, got in wrong]


def check(field: str, pairs: list[tuple[dict[str, str], Cleaned]], floor: float) -> None:
    wrong = misses(field, pairs)
    share = 1 - len(wrong) / len(pairs)
    assert share >= floor, f"{field}: {share:.1%} of {len(pairs)} rows\n" + "\n".join(wrong)


def test_there_are_enough_rows_of_every_shop() -> None:
    shops = [row["shop"] for row, _ in golden()]
    assert len(shops) >= 150
    assert set(shops) == {"sneakerbaas", "superkicks", "highsnobiety", "kickscrew", "footshop"}


@pytest.mark.parametrize(("field", "floor"), FLOORS.items())
def test_what_a_title_says_is_found(field: str, floor: float) -> None:
    check(field, [pair for pair in golden() if pair[0][field]], floor)


@pytest.mark.parametrize("field", ["style_code", "colour", "gender", "age", "label"])
def test_what_a_title_does_not_say_stays_empty(field: str) -> None:
    """Of what is set aside nobody has read the colour."""
    check(field, [pair for pair in golden() if not pair[0][field] and not pair[0]["set_aside"]], MOST_EMPTY)


def test_non_shoes_are_set_aside_and_nothing_else() -> None:
    wrong = [(row, got) for row, got in golden() if bool(row["set_aside"]) != bool(got.set_aside)]
    share = 1 - len(wrong) / len(golden())
    assert share >= SET_ASIDE, "\n".join(
        f"{row['title_raw']!r}: {row['set_aside']!r}, not {got.set_aside!r}" for row, got in wrong
    )
