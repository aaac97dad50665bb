"""What `predict` and `similar` print for a photo: tables for people, a line of JSON for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import typer

from sneakers_ml.cli.output import console, print_table, warn
from sneakers_ml.serving.answer import Answer, Neighbour
from sneakers_ml.serving.panel import Verdict
from sneakers_ml.serving.words import (
    VERDICT_COLUMNS,
    answer_json,
    brand_line,
    brand_name,
    brand_share,
    price_line,
    verdict_row,
    verdicts_json,
)

__all__ = ["Asked", "print_answer", "print_json"]


@dataclass(frozen=True)
class Asked:
    """A photo with the bundle's answer and the trained models' verdicts where asked for; or the reason for neither."""

    photo: str
    answer: Answer | None = None
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""


def print_json(asked: Asked) -> None:
    """One object on a line."""
    content = _content(asked)
    line = json.dumps(content, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding)
    except UnicodeEncodeError:  # a file name that is not UTF-8, or a terminal that has no such letters
        line = json.dumps(content)
    typer.echo(line)


def _content(asked: Asked) -> dict[str, Any]:
    if asked.error:
        return {"photo": asked.photo, "error": asked.error}
    content = answer_json(asked.photo, asked.answer) if asked.answer else {"photo": asked.photo}
    return content | ({"models": verdicts_json(asked.verdicts)} if asked.verdicts else {})


def print_answer(asked: Asked) -> None:
    """The bundle's answer on a line, the models' verdicts, and the most similar sneakers."""
    if asked.error:
        warn(f"{asked.photo}: {asked.error}")
        return
    console.print(_printable(asked.photo), style="bold", markup=False, soft_wrap=True)
    if asked.answer:
        others = ", ".join(map(brand_share, asked.answer.alternatives[:3]))
        console.print(f"  {brand_line(asked.answer)}" + (f" (then {others})" if others else ""), markup=False)
    if asked.verdicts:
        print_table("", VERDICT_COLUMNS, map(verdict_row, asked.verdicts))
    if asked.answer:
        _print_neighbours(asked.answer.neighbours)


def _print_neighbours(neighbours: tuple[Neighbour, ...]) -> None:
    if not neighbours:
        console.print("  no such sneaker in the gallery")
        return
    rows = [
        (number, f"{n.score:.3f}", n.title, brand_name(n.brand), "\n".join(map(price_line, n.offers)))
        for number, n in enumerate(neighbours, start=1)
    ]
    print_table("", ["", "similarity", "sneaker", "brand", "offers"], rows)
    for number, n in enumerate(neighbours, start=1):
        for url in filter(None, (offer.url for offer in n.offers)):  # whole lines, so that a link can be followed
            console.print(f"  {number}  {url}", markup=False, soft_wrap=True)


def _printable(name: str) -> str:
    """A file's name as the terminal can show it; what it cannot becomes question marks."""
    encoding = sys.stdout.encoding
    return name.encode(encoding, "replace").decode(encoding)
