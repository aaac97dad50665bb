"""Parquet files between stages: read with a hint at the stage that writes them, written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sneakers_ml.errors import DataError
from sneakers_ml.files import replacing

__all__ = ["read_table", "write_table"]


def read_table(path: Path, stage: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a parquet file.

    Raises:
        DataError: when it is missing or damaged, naming the stage to run.
    """
    try:
        return pd.read_parquet(path, columns=list(columns) if columns else None)
    except FileNotFoundError:
        raise DataError(f"{path}: missing; run `sneakers {stage}`") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: damaged ({' '.join(str(error).split())[:120]}); run `sneakers {stage}`") from None


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a parquet file under a temporary name, then rename."""
    with replacing(path) as file:
        table.to_parquet(file, index=False)
