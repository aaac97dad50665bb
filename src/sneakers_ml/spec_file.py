"""The small JSON files that describe what lies beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from sneakers_ml.errors import BundleError

__all__ = ["read_spec_file"]

Spec = TypeVar("Spec", bound=BaseModel)


def read_spec_file(path: Path, model: type[Spec], command: str) -> Spec:
    """Read a JSON file as a pydantic model.

    Raises:
        BundleError: when it is missing or doesn't fit; the message names the command that makes it.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BundleError(f"{path}: missing; run `{command}`") from None
    except (OSError, ValidationError):
        raise BundleError(f"{path}: damaged; run `{command}`") from None
