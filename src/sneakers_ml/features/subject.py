"""Where a small subject lies on a background of several colours, as on a phone's photo of a shoe on the floor."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.images.region import Region

__all__ = ["subject_region"]

_FRAME_SHARE = 0.04
_NOISE = 30.0  # variance of a background's colour that doesn't count, in 8-bit CIELAB
_BLUR = 1.5
_THRESHOLD_SHARE = 0.8
_PART_SHARE = 0.15
_MARGIN = 0.04
_LEAST_SHARE, _MOST_SHARE = 0.05, 0.5


def subject_region(sample: NDArray[np.uint8], height: int, width: int) -> Region | None:
    """Box of what differs from the colours along all four edges, or None where nothing small stands out.

    What touches the frame is background (the boundary prior of Wei et al., ECCV 2012): each edge gives a Gaussian of
    CIELAB colours, a pixel's distance is the smallest Mahalanobis distance to one of them, and Otsu's threshold parts
    subject from background. Boxes over half of the photo are not worth a cut that may be wrong (benchmarks/regions.py).

    Args:
        sample: (h, w, 3) RGB, the photo shrunk to some 128 px.
        height: of the photo, in pixels.
        width: of the photo, in pixels.
    """
    parts = cv2.connectedComponentsWithStats(_subject_mask(sample))[2][1:]
    if not len(parts):
        return None
    parts = parts[parts[:, cv2.CC_STAT_AREA] >= _PART_SHARE * parts[:, cv2.CC_STAT_AREA].max()]
    start = parts[:, :2].min(axis=0)
    end = (parts[:, :2] + parts[:, 2:4]).max(axis=0)
    scale = max(height, width) / max(sample.shape[:2])
    margin = _MARGIN * (end - start).max() + 1
    left, top = np.maximum(0, (start - margin) * scale).astype(int)
    right, bottom = np.minimum((width, height), np.ceil((end + margin) * scale)).astype(int)
    share = (right - left) * (bottom - top) / (width * height)
    return Region(int(left), int(top), int(right), int(bottom)) if _LEAST_SHARE <= share <= _MOST_SHARE else None


def _subject_mask(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) 1 where a pixel belongs to the subject."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    thick = max(2, int(_FRAME_SHARE * min(lab.shape[:2])))
    edges = lab[:thick], lab[-thick:], lab[:, :thick], lab[:, -thick:]
    distance = np.min([_distance(lab, edge.reshape(-1, 3)) for edge in edges], axis=0)
    distance = cv2.GaussianBlur(distance, (0, 0), _BLUR)
    scaled = np.clip(distance / max(float(np.percentile(distance, 99.5)), 1e-6), 0, 1)
    levels = np.asarray(255 * scaled, np.uint8)
    threshold, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    mask = (levels > _THRESHOLD_SHARE * threshold).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)


def _distance(lab: NDArray[np.float32], colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w) Mahalanobis distance of each pixel to a sample of colours."""
    inverse = np.linalg.inv(np.cov(colours.T) + _NOISE * np.eye(3)).astype(np.float32)
    offset = lab - colours.mean(axis=0)
    return np.asarray(np.sqrt(np.einsum("hwi,ij,hwj->hw", offset, inverse, offset)), np.float32)
