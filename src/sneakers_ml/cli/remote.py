"""The command that names the storage which DVC pushes to."""

from __future__ import annotations

from typing import Annotated

import typer

from sneakers_ml.cli.output import print_facts, workspace_of
from sneakers_ml.workspace.remote import chosen_remote, write_remote
from sneakers_ml.workspace.settings import load_settings

__all__ = ["register"]


def remote(
    context: typer.Context,
    check: Annotated[bool, typer.Option(help="Write, read and delete a small object there.")] = True,
) -> None:
    """Make the S3 bucket of the environment the place that `dvc push` and `dvc pull` of this workspace use.

    The environment or `.env` holds S3_BUCKET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where the server is not
    Amazon's, S3_ENDPOINT_URL. Git holds nothing of it.
    """
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


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command()(remote)
