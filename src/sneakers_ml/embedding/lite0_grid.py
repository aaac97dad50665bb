"""The extractor `lite0_grid`: the middle of EfficientNet-Lite0, what is seen where before it is what a photo shows.

A logo or a stripe is a pattern of middle size at a place of the shoe, for which the middle of a network is the better
witness than its end, which is made to tell shoes from dogs (Cimpoi et al., CVPR 2015, on local features of middle
layers; Lazebnik, Schmid and Ponce, CVPR 2006, on pooling over a grid).
"""

from __future__ import annotations

from pathlib import Path

from sneakers_ml.embedding.efficientnet_lite0 import export_lite0, lite0_backbone
from sneakers_ml.features.extractor import EXTRACTORS, Context, ExtractorSpec
from sneakers_ml.registry import Section

__all__ = ["prepare"]

_BLOCKS = 11  # of 16: those up to the last feature map of 14 x 14
_CHANNELS = 112
_CELLS = 4


@EXTRACTORS.register("lite0_grid")
def prepare(params: Section, folder: Path, context: Context) -> ExtractorSpec:
    """The first blocks, whose map of 14 x 14 is pooled to 4 x 4 cells of 3.5: 1792 numbers."""
    from torch import nn

    backbone = lite0_backbone()
    stem = [backbone._conv_stem, backbone._bn0, backbone._swish]
    halves, cell = nn.Upsample(scale_factor=2), nn.AvgPool2d(7)
    network = nn.Sequential(*stem, *backbone._blocks[:_BLOCKS], halves, cell, nn.Flatten())
    return export_lite0("lite0_grid", network, _CHANNELS * _CELLS**2, folder)
