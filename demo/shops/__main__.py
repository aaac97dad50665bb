"""Look at the demo's shops in a browser: python -m demo.shops FOLDER [--port 8801]."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from demo.shops.server import storefronts
from sneakers_ml.errors import SneakersError


def main(
    folder: Annotated[Path, typer.Argument(help="The folder of a drawn demo, such as data/demo")],
    port: Annotated[int, typer.Option(help="The first of five ports", min=1, max=65531)] = 8801,
) -> None:
    """Serve the five shops until Ctrl-C."""
    try:
        with storefronts(folder, port=port) as addresses:
            for shop, address in addresses.items():
                typer.echo(f"{shop:14}{address}")
            typer.echo("Ctrl-C ends them.")
            threading.Event().wait()
    except KeyboardInterrupt:
        typer.echo("closed")
    except SneakersError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    typer.run(main)
