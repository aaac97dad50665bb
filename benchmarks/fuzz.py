"""Mutated photos, manifests, pages of shops and bundles: each must give an answer or an error of the project in a line.

    .venv/bin/python -m benchmarks.fuzz models/serving

A process of its own works on them, with limits on its memory and on the time of each input. Where it dies or hangs,
this one notes it and goes on with the next. Printed are how often each outcome came, the slowest input of each kind,
and what memory the process held after a tenth of the inputs and at their end. An input is told by its kind and number;
the same seed gives the same bytes. Exit code 1 when any did harm.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import re
import resource
import shutil
import struct
import sys
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from benchmarks.common import print_table, run
from sneakers_ml import images
from sneakers_ml.errors import SneakersError
from tests.support.corpus import draw_shoe, encode, with_orientation
from tests.support.icc import PROPHOTO, press_profile, rgb_profile

MEMORY = 4 * 2**30  # bytes of addresses, most of which libraries only reserve
PATIENCE = 60  # seconds for an input
SIDE = 320

Try = Callable[[random.Random, Path], object]


class Outcome(NamedTuple):
    """What became of an input: `right`, the name of the project's error, or what went wrong."""

    kind: str
    number: int
    name: str
    right: bool
    line: str
    seconds: float
    resident: int


# What is mutated.


@cache
def photos() -> list[bytes]:
    """A photo in each format and the ways that its writers know."""
    shoe = Image.fromarray(draw_shoe())
    packet = b"<x:xmpmeta><rdf:Description tiff:Orientation='6'/></x:xmpmeta>"
    wide, ink, turned = rgb_profile(PROPHOTO, 1.8), press_profile(50), with_orientation(6)
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", packet, zip=True)
    text.add_text("Comment", "text " * 400, zip=True)
    alpha = shoe.convert("RGBA")
    alpha.putalpha(90)
    frames = {"save_all": True, "append_images": [Image.fromarray(draw_shoe(seed=1))]}
    made: list[tuple[Image.Image, str, dict[str, Any]]] = [
        (shoe, "JPEG", {"exif": turned, "icc_profile": wide}),
        (shoe, "JPEG", {"progressive": True, "xmp": packet, "comment": b"made by hand"}),
        (shoe.convert("CMYK"), "JPEG", {"icc_profile": ink}),
        (shoe.convert("L"), "JPEG", {"restart_marker_blocks": 3}),
        (shoe, "PNG", {"pnginfo": text, "icc_profile": wide, "exif": turned}),
        (shoe.quantize(16), "PNG", {"transparency": 3}),
        (alpha, "PNG", frames),
        (Image.fromarray(np.asarray(shoe.convert("L")).astype(np.uint16) * 257), "PNG", {}),
        (shoe.quantize(32), "GIF", frames),
        (shoe, "WEBP", {"exif": turned, "xmp": packet, "icc_profile": wide}),
        (alpha, "WEBP", {"lossless": True}),
        (shoe, "WEBP", frames),
        (shoe, "BMP", {}),
        (alpha, "BMP", {}),
        (shoe.quantize(16), "BMP", {}),
        (shoe, "AVIF", {"exif": turned, "icc_profile": wide}),
        (shoe, "HEIF", {"exif": turned.tobytes(), "icc_profile": wide}),
        (alpha, "HEIF", {}),
    ]
    return [encode(image, kind, **options) for image, kind, options in made]


MANIFEST = """\
file,brand,model,product_id,title,price,currency,url,colour,style_code,gender,shop,view
nike/one.jpg,Nike,Air Max 90,p1,Nike Air Max 90 'Infrared',149.99,EUR,https://a.example/p1,Infrared,CT1685-100,men,a,side
nike/two.jpg,Nike,Dunk Low,p2,"Nike ""Panda"" Dunk, low",1 299,USD,https://a.example/p2,White/Black,DD1391-100,women,a,top
vans/one.jpg,Vans,,,,,,,,,,,
"""
PRODUCT = {
    "id": 7,
    "handle": "air-max-90",
    "title": "Nike Air Max 90 'Infrared' (2020)",
    "vendor": "Nike",
    "body_html": "<p>Style: CT1685-100</p>",
    "product_type": "Shoes",
    "tags": ["men", "retro"],
    "options": [{"name": "Color", "values": ["Red", "Blue"]}, {"name": "Size", "values": ["42"]}],
    "images": [{"id": 1, "src": "https://cdn.example/1.jpg?v=1", "variant_ids": [11]}],
    "variants": [
        {"id": 11, "title": "Red / 42", "option1": "Red", "option2": "42", "sku": "CT1685-100-42", "price": "149.99"},
        {"id": 12, "title": "Blue / 42", "option1": "Blue", "option2": "42", "price": 149, "available": False},
    ],
}
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {
            "@type": ["Product", "Thing"],
            "name": "Court Low 'Panda'",
            "brand": {"@type": "Brand", "name": "Nike"},
            "image": ["https://cdn.example/a.jpg", {"@type": "ImageObject", "url": "https://cdn.example/b.jpg"}],
            "sku": "DD1391-100",
            "offers": {
                "@type": "AggregateOffer",
                "lowPrice": "110.00",
                "highPrice": 130,
                "priceCurrency": "USD",
                "offers": [{"@type": "Offer", "price": 110.0, "availability": "https://schema.org/InStock"}],
            },
        }
    ],
}
PAGE = """<html><head><title>Court Low</title><meta property="og:title" content="Court Low">
<script type="application/ld+json">{linked}</script>
<script type="application/json">{product}</script></head>
<body itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Court Low 'Panda'</h1>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><span itemprop="price" content="110.00">$110</span>
<meta itemprop="priceCurrency" content="USD"></div><img itemprop="image" src="/a.jpg"></body></html>"""


# How it is mutated.

ODD_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
ODD_TEXTS = (
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b'"',
    b"'",
    b"\\",
    b"{",
    b"[",
    b"]]>",
    b"<!--",
    b"-->",
    b"\r",
    b"\n,",
    b";",
)
ODD_TEXTS += (
    b"[" * 5000,
    b"9" * 400,
    b"1e999",
    b"-1",
    b"NaN",
    b"\\ud800",
    "\u2028".encode(),
    "ß".encode("utf-16"),
    b"=1+1",
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    "",
    "x" * 3000,
    -1,
    0,
    10**30,
    1e308,
    True,
    [],
    {},
    [[]],
    [None],
    "\ud7ff",
    "../../etc",
)
HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x10\0\0\0WEBP", b"BM", b"\0\0\0\x18ftypavif")


def mutated(rng: random.Random, data: bytes, others: Sequence[bytes] = (), texts: Sequence[bytes] = ()) -> bytes:
    """Some bytes after one to four changes, most of them near the beginning, where headers are."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = int(len(data) * rng.random() ** rng.choice((1, 2, 3)))
        size = int(len(data) * rng.random() ** 4) + 1
        match rng.randrange(9):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + data[at + size :]
            case 2:
                data = data[:at] + data[at : at + size] * 2 + data[at + size :]
            case 3:
                data = data[:at] + rng.randbytes(min(size, 4096)) + data[at + rng.choice((0, size)) :]
            case 4 if others:
                other = rng.choice(others)
                data = data[:at] + other[int(len(other) * rng.random()) :]
            case 5 if texts:
                data = data[:at] + rng.choice(texts) + data[at:]
            case 6 | 7:
                number = rng.choice(ODD_NUMBERS)
                packed = struct.pack(rng.choice("<>") + "I", number)[: rng.choice((1, 2, 4))]
                data = data[:at] + packed + data[at + len(packed) :]
            case _:
                changed = bytearray(data)
                for _ in range(rng.choice((1, 1, 3, 16))):
                    if changed:
                        changed[int(len(changed) * rng.random() ** 2)] ^= 1 << rng.randrange(8)
                data = bytes(changed)
    return data


def checked(png: bytes) -> bytes:
    """The same PNG with checksums that fit, so that what reads chunks sees the change."""
    found, at = png[:8], 8
    while at + 8 <= len(png):
        end = min(at + 8 + int.from_bytes(png[at : at + 4], "big"), len(png))
        found += png[at:end] + struct.pack(">I", zlib.crc32(png[at + 4 : end]))
        at = end + 4
    return found


def mutated_value(rng: random.Random, value: Any) -> Any:
    """A JSON value with an odd one somewhere in it."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    if not inner or rng.random() < 0.15:
        return rng.choice(ODD_VALUES)
    key, chosen = rng.choice(inner)
    changed = value.copy()
    if isinstance(value, dict) and rng.random() < 0.1:
        del changed[key]
    else:
        changed[key] = mutated_value(rng, chosen)
    return changed


# What reads it.


def try_photo(rng: random.Random, _: Path) -> object:
    data = mutated(rng, rng.choice(photos()), photos(), HEADS)
    if data.startswith(b"\x89PNG") and rng.random() < 0.7:
        data = checked(data)
    photo = images.decode(data, longest_side=rng.choice((None, 40, 1024)))
    assert photo.dtype == np.uint8
    assert photo.ndim == 3
    return photo


def try_manifest(rng: random.Random, folder: Path) -> object:
    from sneakers_ml.catalogue.importing.importer import import_photos

    table = MANIFEST.encode(rng.choice(("utf-8",) * 6 + ("utf-16", "cp1252")))
    if rng.random() < 0.3:
        rows = list(csv.reader(io.StringIO(MANIFEST)))
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = str(rng.choice(ODD_VALUES))
        written = io.StringIO()
        csv.writer(written, delimiter=rng.choice(",,,;\t")).writerows(rows)
        table = written.getvalue().encode("utf-8", "surrogatepass")
    (folder / "photos.csv").write_bytes(mutated(rng, table, [table], ODD_TEXTS))
    for name in re.findall(r"^[\w/]+\.jpg", MANIFEST, re.MULTILINE):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(photos()[0])
    return import_photos(folder / "photos.csv", source="fuzz", raw=folder / "raw")


def try_page(rng: random.Random, _: Path) -> object:
    from scrapy.http import HtmlResponse, TextResponse

    from scrapers.extract.products_json import embedded_product, read_products, shopify_listings
    from scrapers.extract.structured import jsonld_facts, microdata_facts

    product, linked = PRODUCT, LINKED
    if rng.random() < 0.7:
        product, linked = mutated_value(rng, product), mutated_value(rng, linked)
    spoil = partial(mutated, rng, texts=ODD_TEXTS) if rng.random() < 0.6 else bytes
    address = "https://shop.example/products/air-max-90"
    body = spoil(json.dumps({"products": [product, PRODUCT]}).encode())
    found: list[object] = []
    for one in read_products(TextResponse(f"{address}.json", body=body, encoding="utf-8")) or ():
        found += shopify_listings(one, "USD") if one else ()
    page = PAGE.format(linked=json.dumps(linked), product=json.dumps(product)).encode()
    response = HtmlResponse(address, body=spoil(page), encoding="utf-8")
    found += [jsonld_facts(response, "USD"), microdata_facts(response, "USD")]
    if embedded := embedded_product(response, "air-max-90"):
        found += shopify_listings(embedded, "USD", "state")
    return found


def try_bundle(bundle: Path, rng: random.Random, folder: Path) -> object:
    from sneakers_ml.serving.live import Serving

    manifest = json.loads((bundle / "bundle.json").read_bytes())
    name = rng.choice(["bundle.json", *sorted(manifest["files"])])
    target = folder / "serving"
    target.mkdir()
    for file in bundle.iterdir():
        if file.name != name:
            os.link(file, target / file.name)
    if name == "bundle.json":
        content = json.dumps(mutated_value(rng, manifest)).encode()
        content = mutated(rng, content, texts=ODD_TEXTS) if rng.random() < 0.3 else content
    else:
        content = mutated(rng, (bundle / name).read_bytes(), [b"PK\3\4", b"PAR1"])
        old, new = manifest["files"][name], hashlib.sha256(content).hexdigest()
        vouched = json.dumps(manifest).replace(old, new)
        (target / "bundle.json").unlink()
        (target / "bundle.json").write_text(vouched)
    (target / name).write_bytes(content)
    serving = Serving.load(target, threads=1)
    answer = serving.recognizer.answer(draw_shoe(SIDE, SIDE))
    shown = serving.recognizer.samples(3)
    pictures = [serving.recognizer.thumbnail(photo) for photo in shown]
    near = [serving.recognizer.more_like(photo) for photo in shown]
    return (
        answer,
        pictures,
        near,
        [serving.finder.find(words) for words in ("red navy low top", "кроссовки", "AR1009-100")],
    )


def attempt(function: Try, kind: str, number: int, seed: int) -> Outcome:
    """What one input comes to."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("FUZZ_FOLDER")) as folder:
        started = time.process_time()
        right, line = True, ""
        try:
            function(random.Random(f"{seed} {kind} {number}"), Path(folder))  # noqa: S311
            name = "right"
        except SneakersError as error:
            name, line = type(error).__name__, str(error)
            right = len(line.splitlines()) == 1
            name = getattr(getattr(error, "reason", None), "name", name) if right else f"{name} of several lines"
        except Exception as error:  # noqa: BLE001 - which is what is looked for
            name, line, right = type(error).__name__, " ".join(str(error).split())[:200], False
        seconds = time.process_time() - started
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    return Outcome(kind, number, name, right, line, seconds, resident)


def work(pipe: Connection, kind: str, numbers: range, seed: int, bundle: Path | None) -> None:
    """The process that reads what is mutated; other output than the outcomes goes nowhere."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    functions: dict[str, Try] = {"photo": try_photo, "manifest": try_manifest, "page": try_page}
    if bundle:
        functions["bundle"] = partial(try_bundle, bundle)
    for number in numbers:
        pipe.send(attempt(functions[kind], kind, number, seed))


def outcomes(kind: str, count: int, seed: int, bundle: Path | None, patience: float) -> Iterator[Outcome]:
    """Those of all inputs of a kind, also where the process that reads them dies."""
    context, number = get_context("spawn"), 0
    while number < count:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(sender, kind, range(number, count), seed, bundle), daemon=True)
        process.start()
        sender.close()
        try:
            while number < count:
                if not receiver.poll(patience):
                    process.kill()
                    process.join()
                    yield Outcome(kind, number, "hangs", False, "", patience, 0)
                    number += 1
                    break
                yield receiver.recv()
                number += 1
        except EOFError:
            process.join()
            yield Outcome(kind, number, f"dies with {process.exitcode}", False, "", 0.0, 0)
            number += 1
        finally:
            receiver.close()
            process.join(patience)


def main(
    bundle: Annotated[Path | None, typer.Argument(help="Folder of a bundle; without it none is mutated.")] = None,
    photos_: Annotated[int, typer.Option("--photos")] = 6000,
    manifests: int = 1500,
    pages: int = 2000,
    bundles: int = 500,
    seed: int = 0,
    patience: Annotated[float, typer.Option(help="Seconds for an input.")] = PATIENCE,
) -> None:
    """Print outcomes, the slowest inputs and memory."""
    counts = {"photo": photos_, "manifest": manifests, "page": pages, "bundle": bundles if bundle else 0}
    found: dict[str, list[Outcome]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["FUZZ_FOLDER"] = scratch
        whole = bundle and shutil.copytree(bundle, Path(scratch) / "whole")
        for kind, count in counts.items():
            found[kind] = list(outcomes(kind, count, seed, whole, patience))
    rows = []
    for kind, each in ((kind, each) for kind, each in found.items() if each):
        slowest = max(each, key=lambda one: one.seconds)
        resident = [one.resident / 2**20 for one in each if one.resident]
        memory = (f"{resident[place]:.0f}" for place in (len(resident) // 10, -1))
        names = Counter(one.name for one in each).most_common()
        wrong = sum(not one.right for one in each)
        rows.append((kind, len(each), wrong, f"{slowest.seconds:.2f}", slowest.number, *memory))
        print(f"{kind}: {', '.join(f'{name} {count}' for name, count in names)}")
    print_table(["kind", "n", "wrong", "slowest, s", "its number", "MiB after a tenth", "MiB at the end"], rows)
    harmful = [one for each in found.values() for one in each if not one.right]
    for one in harmful[:40]:
        print(f"{one.kind} {one.number}: {one.name}: {one.line}")
    if harmful:
        sys.exit(1)


if __name__ == "__main__":
    run(main)
