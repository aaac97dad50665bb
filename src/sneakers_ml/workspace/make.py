"""Make a folder a workspace: the same pipeline, on other photos."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from sneakers_ml.errors import UsageError
from sneakers_ml.files import write_atomically
from sneakers_ml.workspace.dvc import is_repository, run_dvc
from sneakers_ml.workspace.params import IndexParams, SplitParams, load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT

__all__ = ["make_workspace", "read_brands"]

_PIPELINE = "dvc.yaml"
_CODE = ".code"
_SLOW = "resnet152"
_ENGINE = "engine"


def read_brands(path: Path) -> list[str]:
    """Brands of a text file, one a line.

    Raises:
        UsageError: when it cannot be read or names fewer than two.
    """
    try:
        brands = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); give a text file with a brand a line") from None
    if len(brands) < 2:
        raise UsageError(f"{path}: names {len(brands)} brand(s); two are needed")
    return brands


def make_workspace(folder: Path, split: Mapping[str, Sequence[str]], profile: str = "cpu") -> None:
    """Lay out `folder` with dvc.yaml, params.yaml and a DVC repository of its own; an existing one is renewed.

    dvc.yaml is the project's own, so its stages run the same commands; params.yaml is copied once and then belongs to
    the workspace, but for the keys of `split` given here. What the project sets for its demo begins as by default.
    Stages depend on the sources of the project through the link `.code`, since DVC passes by compiled files, as
    .dvcignore tells it to, only below the workspace.

    Args:
        folder: made when missing.
        split: values for the section `split`, such as `brands` or `train_sources`.
        profile: of `finetune`, for a new workspace. With `cpu` it does without ResNet-152, which takes a quarter of a
            second a photo there, too long to serve, and trains nothing on joined vectors, which cannot serve either.

    Raises:
        UsageError: when the package doesn't run from a checkout, or params.yaml lacks a key.
        SneakersError: when DVC cannot make its repository.
    """
    if not (PROJECT_ROOT / _PIPELINE).is_file():
        raise UsageError("a workspace needs a checkout of the project: clone it and install with `make`")
    if folder.resolve() == PROJECT_ROOT:
        raise UsageError(f"{folder}: is the project itself; give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / "params.yaml"
    project = (PROJECT_ROOT / "params.yaml").read_text(encoding="utf-8")
    text = own.read_text(encoding="utf-8") if own.exists() else project
    if not re.search(rf"^{_ENGINE}:", text, re.MULTILINE):  # a workspace made before dvc.yaml named that section
        section = re.findall(rf"^{_ENGINE}:.*\n(?:[ ].*\n)*", project, re.MULTILINE)
        text = "\n".join([text.rstrip(), "", *section])
    text = _set(text, "code", _CODE)
    if not own.exists():
        text = _set(text, "profile", profile, section="finetune")
        # what the project sets for its demo
        text = _set(text, "brands", SplitParams.model_fields["brands"].default, section="split")
        text = _set(text, "known_kept", IndexParams.model_fields["known_kept"].default, section="index")
        if profile == "cpu":
            params = load_params(PROJECT_ROOT / "params.yaml")
            slow = {_SLOW, *params.embed.joined}
            text = _set(text, "names", [name for name in params.embed.names if name != _SLOW], section="embed")
            text = _set(text, "extractors", [n for n in params.train.extractors if n not in slow], section="train")
    for key, values in split.items():
        text = _set(text, key, list(values), section="split")
    write_atomically(own, text.encode())
    load_params(own)
    write_atomically(folder / _PIPELINE, (PROJECT_ROOT / _PIPELINE).read_bytes())
    if not (folder / ".dvcignore").exists():
        write_atomically(folder / ".dvcignore", (PROJECT_ROOT / ".dvcignore").read_bytes())
    link = folder / _CODE
    if link.exists() and not link.is_symlink():
        raise UsageError(f"{link}: is in the way of a link to the project's sources; remove it")
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(PROJECT_ROOT / "src" / "sneakers_ml", folder.resolve()))
    if not is_repository(folder):
        run_dvc(folder, "init", "--no-scm", "--quiet")
    for key in ("core.analytics", "core.check_update"):
        run_dvc(folder, "config", key, "false")


def _set(text: str, key: str, value: object, *, section: str = "") -> str:
    """The text with the value of a key, of a section or of none, replaced, a list in lines included; comments stay."""
    head = re.search(rf"^{section}:[^\n]*\n", text, re.MULTILINE) if section else None
    start, indent = (head.end(), "  ") if head else (0, "")
    shown = yaml.safe_dump(value, default_flow_style=True, width=10_000).replace("\n...", "").strip()
    old = rf"^{indent}{key}:[^#\n]*(#[^\n]*)?(\n{indent}( +|- )[^\n]*)*"
    changed, count = re.subn(
        old, lambda match: f"{indent}{key}: {shown} {match[1] or ''}", text[start:], count=1, flags=re.MULTILINE
    )
    changed = text[:start] + changed
    if not count:
        raise UsageError(f"params.yaml has no line `{key}:`; take the project's params.yaml and change that")
    return re.sub(r" +$", "", changed, flags=re.MULTILINE)
