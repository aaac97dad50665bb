"""Every reason for refusing a photo is used, and whoever raises it gives the values that its sentence names."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Iterator
from string import Formatter

import pytest

from sneakers_ml.errors import BadImage, BadImageReason
from sneakers_ml.workspace.paths import PROJECT_ROOT

FOLDERS = ("src", "bot", "scrapers", "demo")


def placeholders(reason: BadImageReason) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(reason.value) if name}


def raised() -> Iterator[tuple[BadImageReason, set[str | None], str]]:
    """Reason, names of its data and place of each `BadImage(…)` in the code."""
    for file in (file for folder in FOLDERS for file in sorted((PROJECT_ROOT / folder).rglob("*.py"))):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", None) == "BadImage":
                names = {keyword.arg for keyword in call.keywords}
                members = [
                    node.attr
                    for node in ast.walk(call.args[0])
                    if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "BadImageReason"
                ]
                assert members, f"{file}:{call.lineno} names no reason"
                for member in members:
                    yield BadImageReason[member], names, f"{file.name}:{call.lineno}"


def test_every_reason_is_raised_with_the_values_of_its_sentence() -> None:
    seen = set()
    for reason, names, place in raised():
        assert names == placeholders(reason), place
        seen.add(reason)
    assert seen == set(BadImageReason)


@pytest.mark.parametrize("reason", BadImageReason)
def test_an_error_is_its_reasons_sentence_for_a_person(reason: BadImageReason) -> None:
    data = dict.fromkeys(placeholders(reason), 7)
    error = BadImage(reason, **data)
    assert (error.reason, error.data) == (reason, data)
    assert str(error)[0].isupper()
    assert str(error).endswith(".")
    assert "{" not in str(error)


def test_a_photo_refused_in_one_process_is_refused_for_its_reason_in_another() -> None:
    error = BadImage(BadImageReason.TOO_SMALL, width=8, height=9, limit=16)
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (str(copied), copied.reason, copied.data) == (str(error), error.reason, error.data)
    assert error.problem == "The photo is too small: 8 x 9 pixels"
