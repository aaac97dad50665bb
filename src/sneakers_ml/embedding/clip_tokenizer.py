"""open_clip's tokenizers as those of Hugging Face's library `tokenizers`, which needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.normalizers import NFC, Lowercase, Normalizer, Replace, Strip
from tokenizers.normalizers import Sequence as Steps
from tokenizers.pre_tokenizers import ByteLevel, Split
from tokenizers.pre_tokenizers import Sequence as Splits
from tokenizers.processors import TemplateProcessing

from sneakers_ml.errors import ParamsError, ParityError

__all__ = ["convert", "convert_tokenizer"]

_WORD = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_PUNCTUATION = r"[!-/:-@\[-^`{-~]"
_SPACES: list[Normalizer] = [Replace(Regex(r"\s+"), " "), Strip()]
_CLEANING: dict[str, list[Normalizer]] = {
    "whitespace": [NFC(), *_SPACES],
    "lower": [NFC(), *_SPACES, Lowercase()],
    "canonicalize": [NFC(), Replace("_", " "), Replace(Regex(_PUNCTUATION), ""), Lowercase(), *_SPACES],
}
"""What open_clip does to a text first, but for mending of broken encodings and entities of HTML."""


def convert_tokenizer(model: str, texts: Sequence[str], setting: str) -> Tokenizer:
    """The tokenizer of a model, which cuts and fills up texts to the context's length.

    Args:
        model: as open_clip calls it.
        texts: by which it is proved.
        setting: how params.yaml calls the model, for messages.

    Raises:
        ParamsError: when the model's tokenizer is on a hub that does not give it, or needs a library that is not there.
        ParityError: when it gives other ids than open_clip's own.
    """
    import open_clip

    try:
        own: Any = open_clip.get_tokenizer(model)
    except ModuleNotFoundError as error:
        raise ParamsError(
            f"params.yaml: {setting}: the tokenizer of {model} needs {error.name}; pip install {error.name}, or choose"
            " a model such as ViT-B-32"
        ) from None
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ParamsError(
            f"params.yaml: {setting}: the tokenizer of {model} is not at hand ({reason}); choose a model whose"
            " tokenizer open_clip brings along, such as ViT-B-32"
        ) from None
    settings = (open_clip.get_model_config(model) or {}).get("text_cfg", {}).get("tokenizer_kwargs", {})
    return convert(own, settings.get("clean"), texts, f"{setting}: the tokenizer of {model}")


def convert(own: Any, cleaning: str | None, texts: Sequence[str], name: str) -> Tokenizer:
    """One that open_clip gave, with its cleaning of texts (none: what its kind does), and proved by texts.

    Raises:
        ParityError: when it gives other ids than open_clip's own; `name` is how the message calls it.
    """
    from open_clip import SimpleTokenizer

    if isinstance(own, SimpleTokenizer):
        tokenizer = _byte_pairs(own, cleaning or "lower")
    else:
        tokenizer = _backend(own, cleaning or "whitespace")
    tokenizer.enable_truncation(own.context_length)
    for text, expected in zip(texts, own([*texts]).tolist(), strict=True):
        if tokenizer.encode(text).ids != expected:
            raise ParityError(f"{name} cannot be converted; it differs on {text[:40]!r}")
    return tokenizer


def _byte_pairs(own: Any, cleaning: str) -> Tokenizer:
    """Of CLIP's own byte pairs, as its fast tokenizer in `transformers` is made of them."""
    model = BPE(vocab=own.encoder, merges=list(own.bpe_ranks), end_of_word_suffix="</w>")
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = Steps(_CLEANING[cleaning])
    words = Split(Regex(_WORD), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = Splits([words, ByteLevel(add_prefix_space=False, use_regex=False)])
    start, end = ((own.decoder[place], place) for place in (own.sot_token_id, own.eot_token_id))
    tokenizer.post_processor = TemplateProcessing(single=f"{start[0]} $A {end[0]}", special_tokens=[start, end])
    tokenizer.enable_padding(length=own.context_length, pad_id=0, pad_token=own.decoder[0])
    return tokenizer


def _backend(own: Any, cleaning: str) -> Tokenizer:
    """What is inside a tokenizer of `transformers`, behind open_clip's cleaning."""
    wrapped = own.tokenizer
    tokenizer: Tokenizer = Tokenizer.from_str(wrapped.backend_tokenizer.to_str())
    inner = [tokenizer.normalizer] if tokenizer.normalizer else []
    tokenizer.normalizer = Steps([*_CLEANING[cleaning], *inner])
    tokenizer.enable_padding(length=own.context_length, pad_id=wrapped.pad_token_id, pad_token=wrapped.pad_token)
    return tokenizer
