"""A CLIP so small that it is made, exported and asked in a moment, registered with open_clip as `tiny-clip`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import open_clip
import torch

__all__ = ["CONTEXT", "NAME", "another_model", "published", "register_tiny_clip"]

NAME, CONTEXT = "tiny-clip", 16
_CONFIG = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": CONTEXT, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}


def register_tiny_clip(folder: Path, name: str = NAME, **changes: object) -> None:
    """Let open_clip know it, by a file that the folder keeps; `changes` are to its configuration."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps(_CONFIG | changes), encoding="utf-8")
    open_clip.add_model_config(file)


@contextmanager
def published(weights: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Let open_clip know trained weights of it: by tag (lower case), where they are and what belongs to them."""
    known: dict[str, Any] = open_clip.pretrained._PRETRAINED
    known[NAME] = weights
    try:
        yield
    finally:
        del known[NAME]


def another_model(seed: int) -> torch.nn.Module:
    """The model of a seed, as if it were trained."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: torch.nn.Module = open_clip.CLIP(**_CONFIG)
    return model.eval()
