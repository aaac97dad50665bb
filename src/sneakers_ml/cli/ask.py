"""The commands that ask, by photo or in words: their signatures, so that every other command starts without serving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from sneakers_ml.cli.output import workspace_of
from sneakers_ml.errors import UsageError
from sneakers_ml.files import files_below

__all__ = ["expand", "find", "predict", "similar", "vectors"]

Photos = Annotated[list[str], typer.Argument(metavar="PHOTO...", help="Photos, folders of photos, or @list.txt.")]
Top = Annotated[int, typer.Option(min=1, max=100, help="How many sneakers.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Brand = Annotated[str | None, typer.Option(help="Of this brand only.")]
MinPrice = Annotated[float | None, typer.Option(min=0, help="Offered at this price or more.")]
MaxPrice = Annotated[float | None, typer.Option(min=0, help="Offered at this price or less.")]
Currency = Annotated[str | None, typer.Option(help="Offers in this currency only, such as EUR.")]
Shop = Annotated[str | None, typer.Option(help="Offered by this shop.")]
Colour = Annotated[str | None, typer.Option(help="Of a colour that the catalogue names, such as red.")]
Draw = Annotated[
    Path | None, typer.Option(help="Also save a picture of the answer, as .jpg, .png or .webp; for a single photo.")
]

_JPEG = {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp"}
_SUFFIXES = frozenset(_JPEG | {".png", ".webp", ".gif", ".heic", ".heif", ".hif", ".avif", ".bmp", ".dib"})


def predict(
    context: typer.Context,
    photos: Photos,
    top: Top = 5,
    model: Annotated[
        str | None, typer.Option(help="A trained model, such as hog-svm, instead of the bundle's.")
    ] = None,
    all_models: Annotated[
        bool, typer.Option("--all-models", help="Every trained model's answer beside the bundle's.")
    ] = False,
    as_json: AsJson = False,
    draw: Draw = None,
) -> None:
    """Name the brand of each photo, and the most similar sneakers.

    A photo that cannot be read is named with its reason; the others are answered, and the exit code is 1.

    With `--all-models` a bundle is needed only for the similar sneakers; a model that cannot be used is named with its
    reason, and the others answer.

    Example: `sneakers predict street.jpg`
    """
    from sneakers_ml.cli.answers import answer

    if model and all_models:
        raise UsageError("--model asks one model, --all-models every one; give one of the two")
    files = expand(photos)
    answer(workspace_of(context), files, top, as_json=as_json, draw=draw, model=model, all_models=all_models)


def similar(
    context: typer.Context,
    photos: Photos,
    top: Top = 5,
    brand: Brand = None,
    min_price: MinPrice = None,
    max_price: MaxPrice = None,
    currency: Currency = None,
    shop: Shop = None,
    colour: Colour = None,
    as_json: AsJson = False,
    draw: Draw = None,
) -> None:
    """Find the most similar sneakers one can buy.

    Example: `sneakers similar street.jpg --brand nike --max-price 120`
    """
    from sneakers_ml.cli.answers import answer
    from sneakers_ml.serving.filters import ProductFilter

    products = ProductFilter(brand, min_price, max_price, currency, shop, _known_colour(colour))
    answer(workspace_of(context), expand(photos), top, as_json=as_json, draw=draw, products=products)


def find(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="What to look for, in English or Russian, in quotes.")],
    top: Top = 10,
    brand: Brand = None,
    min_price: MinPrice = None,
    max_price: MaxPrice = None,
    currency: Currency = None,
    shop: Shop = None,
    colour: Colour = None,
    as_json: AsJson = False,
) -> None:
    """Find sneakers by words: brand, model, colour, kind; typos are mended.

    Words that a title lacks are looked for in the photos.

    Example: `sneakers find "blue suede low" --max-price 120 --currency EUR`
    """
    from sneakers_ml.cli.found import find as run
    from sneakers_ml.serving.filters import ProductFilter

    products = ProductFilter(brand, min_price, max_price, currency, shop, _known_colour(colour))
    run(workspace_of(context), words, top, products, as_json=as_json)


def vectors(
    context: typer.Context,
    photos: Photos,
    out: Annotated[Path, typer.Option(help="Where to write: FILE.npz with the arrays `files` and `vectors`.")],
) -> None:
    """Save the unit vectors of photos, for tools of your own."""
    from sneakers_ml.cli.answers import vectors as run

    run(workspace_of(context), expand(photos), out)


def _known_colour(colour: str | None) -> str | None:
    """A colour as words.yaml writes it."""
    from sneakers_ml.text.lexicon import lexicon

    if colour is None:
        return None
    known = [term.name for term in lexicon().terms("colours")]
    if (name := colour.strip().lower()) not in known:
        raise UsageError(f"--colour {colour}: no such colour; there are {', '.join(known)}")
    return name


def expand(arguments: Iterable[str]) -> list[str]:
    """Files in the order given; a folder stands for the photos below it, sorted, `@list.txt` for the paths in it.

    A file that doesn't exist stays, and so does a folder that cannot be looked into: it is answered with its reason
    like any other that cannot be read. `@name` may also be what a shell's `*` gave: a photo or folder of that very name
    is asked about, and any other file of that name where there is no list `name`.

    Raises:
        UsageError: when a list cannot be read, or nothing is left to ask about.
    """
    files: list[str] = []
    for argument in arguments:
        for name in _listed(Path(argument[1:])) if _is_list(argument) else [argument]:
            files += _photos_below(name)
    if not files:
        raise UsageError("no photos: the folders and lists given hold none")
    return files


def _is_list(argument: str) -> bool:
    if not argument.startswith("@"):
        return False
    path = Path(argument)
    return not (_is_photo(path) or (path.exists() and not Path(argument[1:]).exists()))


def _listed(path: Path) -> list[str]:
    """The lines of a list of paths."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"@{path}: cannot be read ({error.strerror}); give a text file with a path a line") from None
    except UnicodeDecodeError:
        raise UsageError(f"@{path}: not a text file in UTF-8; give a path a line") from None
    lines = (line.strip(" \t\r") for line in text.split("\n"))  # what else breaks lines may be part of a name
    return [line for line in lines if line]


def _photos_below(name: str) -> Iterator[str]:
    """The photos of a folder, or the name itself where it is none."""
    path = Path(name)
    try:
        is_folder = path.is_dir()
    except OSError:  # a name too long, or a folder that may not be entered: the photo's answer will say so
        is_folder = False
    yield from map(str, filter(_is_photo, files_below(path))) if is_folder else [name]


def _is_photo(path: Path) -> bool:
    """Whether a photo may be there by its name, or a folder that was not looked into."""
    try:
        return path.is_dir() or (path.suffix.lower() in _SUFFIXES and (path.is_file() or path.is_symlink()))
    except OSError:
        return path.suffix.lower() in _SUFFIXES
