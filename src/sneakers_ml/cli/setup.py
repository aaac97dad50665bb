"""The commands that set a workspace up: the folder itself, and the storage that DVC pushes to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml.cli.output import print_facts, workspace_of
from sneakers_ml.workspace.settings import load_settings

__all__ = ["remote", "workspace"]


def workspace(
    folder: Annotated[Path, typer.Argument(help="Made when missing.")],
    brands: Annotated[Path | None, typer.Option(help="Text file with the brands to learn, one a line.")] = None,
    train_source: Annotated[
        list[str] | None, typer.Option(help="Learn from this source only (repeatable); the others are test.")
    ] = None,
    profile: Annotated[str, typer.Option(help="How networks are fine-tuned in a new workspace: cpu or gpu.")] = "cpu",
) -> None:
    """Make a folder a workspace, where the same pipeline runs on other photos.

    Example: `sneakers workspace ../mine`, then `sneakers --workspace ../mine import ~/photos --source mine`, then
    `dvc repro` in ../mine.
    """
    from sneakers_ml.workspace.make import make_workspace, read_brands
    from sneakers_ml.workspace.params import load_params

    split = {"brands": read_brands(brands)} if brands else {}
    if train_source:
        split["train_sources"] = train_source
    make_workspace(folder, split, profile)
    params = load_params(folder / "params.yaml")
    chosen = params.split
    print_facts(
        f"workspace {folder}",
        {
            "brands": ", ".join(chosen.brands or ()) or f"those with at least {chosen.min_photos} photos",
            "learns from": ", ".join(chosen.train_sources or ()) or "all sources",
            "fine-tunes": f"{', '.join(params.finetune.names) or 'no network'}, profile {params.finetune.profile}",
            "next": "import photos or crawl a shop, then run dvc repro in it",
        },
    )


def remote(
    context: typer.Context,
    check: Annotated[bool, typer.Option(help="Write, read and delete a small object there.")] = True,
) -> None:
    """Make the S3 bucket of the environment the place that `dvc push` and `dvc pull` of this workspace use.

    The environment or `.env` holds S3_BUCKET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where the server is not
    Amazon's, S3_ENDPOINT_URL. Git holds nothing of it.
    """
    from sneakers_ml.workspace.remote import chosen_remote, write_remote

    chosen = chosen_remote(load_settings())
    write_remote(workspace_of(context).root, chosen)
    if check:
        from sneakers_ml.workspace.remote_access import check_access

        check_access(chosen)
    print_facts(
        f"remote {chosen.url}",
        {
            "server": chosen.server,
            "keys": "copied from .env to .dvc/credentials.local" if chosen.credentials else "in the environment",
            "access": "ok: listed, wrote, read, deleted" if check else "not tried",
        },
    )
