"""The extractor `open_clip`: the photo encoder of a CLIP or SigLIP (Radford et al., ICML 2021; Zhai et al., ICCV 2023).

Its text encoder and tokenizer lie beside it, for the text tower of the same name.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import Field

from sneakers_ml.errors import DataError, ParamsError
from sneakers_ml.features.extractor import EXTRACTORS, GRAPH, UNTRAINED, Context, ExtractorSpec
from sneakers_ml.files import file_sha256
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.registry import Section

__all__ = ["TEXT_GRAPH", "TOKENIZER", "OpenClipParams", "prepare"]

TEXT_GRAPH, TOKENIZER = "text.onnx", "tokenizer.json"
_SECTION = "embed.open_clip"
_AUTO = "auto"
_SEED = 20
_DEPTH = 255
_PATIENCE = 10.0  # seconds that a hub may be silent
_TEXTS = ("nike air max", "blue suede low top", "adidas samba og white", "", "vans " * 99)


class OpenClipParams(Section):
    """`weights` is `auto` (open_clip's cache, else its hub, else untrained with a warning), `random`, or a file.

    `model` and `pretrained` are names that open_clip has; a file is taken for weights that were trained as those.
    """

    model: str = "ViT-B-32"
    pretrained: str = "laion2b_s34b_b79k"
    weights: str = Field("auto", min_length=1)


class _Weights(NamedTuple):
    """Where weights lie and are from; without a file the network stays untrained, and `warning` may say why."""

    origin: str
    file: Path | None = None
    warning: str = ""


@EXTRACTORS.register("open_clip", OpenClipParams)
def prepare(params: OpenClipParams, folder: Path, context: Context) -> ExtractorSpec:
    """Both encoders with the weights that are at hand, as graphs, and the tokenizer.

    `text.onnx` takes `texts` (n, context) int64, ids of the tokenizer, and gives `vectors` (n, dim) float32 unit rows
    in the space of the photos' vectors.

    Raises:
        DataError: when weights are missing, damaged or of another model.
        ModuleNotFoundError: when the extra `clip` is not installed.
        ParamsError: when open_clip knows no such model or weights, or its tokenizer cannot be had.
        ParityError: when a graph or the tokenizer answers differently from open_clip's own.
    """
    import open_clip
    import torch

    from sneakers_ml.embedding.clip_tokenizer import convert_tokenizer
    from sneakers_ml.embedding.export import export_graph, require_parity

    if params.model not in open_clip.list_models():
        raise ParamsError(
            f"params.yaml: {_SECTION}.model: open_clip has no {params.model!r}; choose one of open_clip.list_models(),"
            " such as ViT-B-32"
        )
    tokenizer = convert_tokenizer(params.model, _TEXTS, f"{_SECTION}.model")
    weights = _find_weights(params)
    if weights.warning:
        context.warnings.append(weights.warning)
    model = _build(params, weights)
    tokenizer.save(str(folder / TOKENIZER))

    class Photos(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, photos: torch.Tensor) -> Any:
            return torch.nn.functional.normalize(self.model.encode_image(photos), dim=1)

    class Texts(Photos):
        def forward(self, texts: torch.Tensor) -> Any:
            return torch.nn.functional.normalize(self.model.encode_text(texts), dim=1)

    seen = model.visual.preprocess_cfg
    side = max(seen["size"]) if isinstance(seen["size"], tuple | list) else seen["size"]
    ids = torch.tensor([one.ids for one in tokenizer.encode_batch([*_TEXTS])])
    noise = torch.rand((len(ids), 3, side, side), generator=torch.Generator().manual_seed(_SEED))
    examples: dict[str, tuple[torch.nn.Module, torch.Tensor]] = {GRAPH: (Photos(), noise), TEXT_GRAPH: (Texts(), ids)}
    for graph, (network, inputs) in examples.items():
        with torch.inference_mode():
            vectors = network.eval()(inputs).numpy()
        dim = vectors.shape[1]
        export_graph(network, folder / graph, inputs[:2], dim=dim, name="photos" if graph == GRAPH else "texts")
        session = OnnxSession(folder / graph)
        for count in (1, 2, len(vectors)):
            difference = float(np.abs(session.run(inputs[:count].numpy()) - vectors[:count]).max())
            require_parity(folder / graph, difference, "open_clip's")
    return ExtractorSpec(
        name="open_clip",
        kind="onnx",
        dim=dim,
        settings={"side": side, **{name: [_DEPTH * share for share in seen[name]] for name in ("mean", "std")}},
        weights=weights.origin,
        graph_sha256=file_sha256(folder / GRAPH),
    )


def _find_weights(params: OpenClipParams) -> _Weights:
    """The weights that the settings ask for."""
    import open_clip

    if params.weights == UNTRAINED:
        return _Weights(UNTRAINED)
    if params.weights != _AUTO:
        file = Path(params.weights).expanduser()
        if not file.is_file():
            raise DataError(
                f"{_SECTION}.weights: there is no file {file}; name a file of weights, {_AUTO} or {UNTRAINED}"
            )
        return _Weights(f"file {file.name} {file_sha256(file)[:12]}", file)
    name = f"{params.model} {params.pretrained}"
    published = open_clip.get_pretrained_cfg(params.model, params.pretrained)
    if not published:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(params.model)) or "none"
        raise ParamsError(
            f"params.yaml: {_SECTION}.pretrained: open_clip knows no weights {name}; those of the model: {tags}"
        )
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)  # for addresses outside the hub open_clip sets none
    try:
        with _quiet():
            return _Weights(name, Path(open_clip.download_pretrained(published)))
    except (OSError, HTTPException, RuntimeError, TypeError) as error:  # no hub, no room, a wrong hash, no length told
        reason = (" ".join(str(error).split()) or type(error).__name__)[:160]
    finally:
        socket.setdefaulttimeout(before)
    return _Weights(
        UNTRAINED,
        warning=f"{_SECTION}.weights: {name} is not in open_clip's cache and its hub did not give it ({reason}), so the"
        f" network is untrained and its vectors tell little; set {_SECTION}.weights to a file with the weights",
    )


def _build(params: OpenClipParams, weights: _Weights) -> Any:
    """The model with its weights; untrained, that of a fixed seed."""
    import open_clip
    import torch

    published = open_clip.get_pretrained_cfg(params.model, params.pretrained)
    with torch.random.fork_rng(devices=[]), _quiet():
        torch.manual_seed(_SEED)
        try:
            model = open_clip.create_model(
                params.model,
                pretrained_text=False,
                force_quick_gelu=bool(published.get("quick_gelu")),
                force_preprocess_cfg={name: published[name] for name in ("mean", "std") if name in published},
            )
        except (OSError, RuntimeError) as error:  # parts of other libraries that are not there, or not on this machine
            reason = " ".join(str(error).split())[:160]
            raise ParamsError(
                f"params.yaml: {_SECTION}.model: {params.model} cannot be built here ({reason}); choose another"
            ) from None
        if weights.file is not None:
            try:
                open_clip.load_checkpoint(model, str(weights.file), weights_only=True)  # nothing in it is executed
            except Exception as error:  # noqa: BLE001 - a damaged file can make the readers raise anything
                reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
                raise DataError(
                    f"{_SECTION}.weights: {weights.file} holds no weights of {params.model} ({reason}); name others"
                ) from None
    return model.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what open_clip writes to the root logger, and its hub of every attempt: what matters is said once."""
    handlers, disabled = logging.root.handlers[:], logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(disabled)
        logging.root.handlers[:] = handlers
