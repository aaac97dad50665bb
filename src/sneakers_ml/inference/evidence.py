"""What speaks for an answer, of a photo's vector and its nearest photos in the gallery, and rules that weigh it.

Serving applies the rules and the stage `index` fits them, so that both take the same evidence from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "NEAREST",
    "SAME_PICTURE",
    "LinearRule",
    "Nearest",
    "RecognitionRules",
    "Relation",
    "logit_evidence",
    "pair_evidence",
    "photo_evidence",
    "relations",
    "vote",
]

Floats = NDArray[np.float64]
Strings = NDArray[np.object_]
Relation = Literal["same", "same model", "similar"]
"""The same product, the same model in another colour, or neither."""

NEAREST = 20
"""Photos of the gallery that evidence is taken from."""
SAME_PICTURE = 0.998
"""Cosine similarity of a photo to itself in the gallery, as far as fp16 and JPEG leave it."""
_OTHER_THING = "#"  # how the labels of photos that show no sneaker begin
_MOST = 20.0


class LinearRule(BaseModel):
    """Evidence is weighed and added; what reaches `threshold` passes. Fitted weights give log odds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weights: dict[str, float] = Field(min_length=1)
    threshold: float
    bias: float = 0.0

    def score(self, evidence: Mapping[str, Floats]) -> Floats:
        """The weighed sum, of the shape that each of the evidence has."""
        weighed = [weight * evidence[name] for name, weight in self.weights.items()]
        return np.asarray(self.bias + np.sum(weighed, axis=0))

    def passes(self, evidence: Mapping[str, Floats]) -> NDArray[np.bool_]:
        """Whether the sum reaches the threshold."""
        return np.asarray(self.score(evidence) >= self.threshold)


class RecognitionRules(BaseModel):
    """When a photo shows a sneaker, when its brand is known, and how a neighbour is related to it.

    sneaker     on `photo_evidence`: the photo shows a sneaker
    brand       on `photo_evidence`: the brand is one that the model learnt (`known` asks for more)
    same        on `pair_evidence` of products: the neighbour is the same product; None where that cannot be told
    same_model  on `pair_evidence` of models: it is of the same model
    floor       cosine similarity below which a neighbour is not even similar
    precision   of `same_model` on validation photos
    figures     shares of validation photos, by kind
    notes       what stands in where validation photos of a kind are missing
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sneaker: LinearRule
    brand: LinearRule
    same: LinearRule | None = None
    same_model: LinearRule | None = None
    floor: float
    precision: float = Field(0.0, ge=0, le=1)
    figures: dict[str, float] = {}
    notes: tuple[str, ...] = ()

    def known(self, evidence: Mapping[str, Floats]) -> NDArray[np.bool_]:
        """Whether the brand of a sneaker is known, of `photo_evidence`: not where nothing in the gallery is similar."""
        return self.brand.passes(evidence) & (evidence["similarity"] >= self.floor)


@dataclass(frozen=True)
class Nearest:
    """The k nearest photos of the gallery to each of n photos, nearest first: each array is (n, k).

    Where the gallery holds fewer, the similarity is -inf and the names are empty.
    """

    similarity: Floats
    products: Strings
    models: Strings
    brands: Strings


def logit_evidence(logits: NDArray[np.floating], labels: Sequence[str], served: Sequence[str]) -> dict[str, Floats]:
    """What a fine-tuned network's logits (n, c) of `labels` say, as log odds (n,) of softmax mass.

    `learnt` is for one of the served brands, against everything else that the network was shown: other brands and
    things absorb what is none of them (outlier exposure, Hendrycks et al., ICLR 2019). `sneaker` is against labels that
    begin with #, of photos that show none. A network that was shown nothing of a kind leaves that out.
    """
    rows = np.asarray(logits, np.float64)
    learnt = np.isin(labels, list(served))
    things = np.array([label.startswith(_OTHER_THING) for label in labels], np.bool_)
    parts = {"learnt": learnt, "sneaker": ~things}
    return {
        name: np.clip(np.logaddexp.reduce(rows[:, part], 1) - np.logaddexp.reduce(rows[:, ~part], 1), -_MOST, _MOST)
        for name, part in parts.items()
        if part.any() and not part.all()
    }


def photo_evidence(confidence: Floats, named: Strings, near: Nearest) -> dict[str, Floats]:
    """What is there for every extractor, each (n,).

    confidence  log odds of the calibrated probability (n,) of the brand `named` (n,)
    agreement   share of the nearest photos that show that brand
    similarity  cosine to the nearest photo
    """
    sure = np.clip(confidence, 1e-6, 1 - 1e-6)
    there = np.isfinite(near.similarity)
    agreeing = ((near.brands == named[:, None]) & there).sum(axis=1)
    return {
        "confidence": np.log(sure / (1 - sure)),
        "agreement": agreeing / np.maximum(there.sum(axis=1), 1),
        "similarity": near.similarity.max(axis=1, initial=-1.0),
    }


def pair_evidence(similarity: Floats, owners: Strings, near: Nearest, near_owners: Strings) -> dict[str, Floats]:
    """What speaks for m neighbours of each of n photos being of the same product or model, each (n, m).

    similarity  cosine of photo and neighbour
    lead        what that is more than the mean of the further half of the nearest photos: among lookalikes the same
                cosine says less
    share       share of the nearest photos that are of this neighbour's owner

    Args:
        similarity: (n, m)
        owners: (n, m) the neighbours' products, or their models.
        near: the nearest photos.
        near_owners: (n, k) their products, or their models.
    """
    there = np.isfinite(near.similarity)
    place = np.arange(near.similarity.shape[1])
    counts = there.sum(axis=1, keepdims=True)
    further = there & (place >= counts // 2)
    crowd = np.where(further, near.similarity, 0).sum(axis=1, keepdims=True) / np.maximum(further.sum(1)[:, None], 1)
    shown = ((near_owners[:, None, :] == owners[:, :, None]) & there[:, None, :]).sum(axis=2)
    return {"similarity": similarity, "lead": similarity - crowd, "share": shown / np.maximum(counts, 1)}


def relations(
    rules: RecognitionRules, similarity: Floats, products: Strings, models: Strings, near: Nearest
) -> list[Relation | None]:
    """How each of m neighbours (m,) is related to one photo, whose nearest photos are `near` (1, k); None: not at all.

    A neighbour whose vector is the photo's own shows the same picture, whatever the rules say.
    """
    if not len(similarity):
        return []
    of_products = pair_evidence(similarity[None], products[None], near, near.products)
    of_models = pair_evidence(similarity[None], models[None], near, near.models)
    no = np.zeros(len(similarity), np.bool_)
    same = (rules.same.passes(of_products)[0] if rules.same else no) | (similarity >= SAME_PICTURE)
    same_model = rules.same_model.passes(of_models)[0] if rules.same_model else no
    found: list[Relation | None] = []
    for place, score in enumerate(similarity):
        if score < rules.floor:
            found.append(None)
        else:
            found.append("same" if same[place] else "same model" if same_model[place] else "similar")
    return found


def vote(brands: Sequence[str], learnt: Sequence[str], precision: float) -> tuple[str, float] | None:
    """The brand that neighbours of the photo's model name, with its confidence, where the classifier never learnt it.

    More than half must agree. Each is of the photo's model, and so of its brand, with `precision` on validation photos:
    the confidence is the share that agrees times that.

    Args:
        brands: of the neighbours that pass as the same product or model.
        learnt: the brands that the classifier names.
        precision: of that passing.
    """
    if not brands:
        return None
    names, counts = np.unique(list(brands), return_counts=True)
    brand, share = str(names[counts.argmax()]), float(counts.max() / len(brands))
    return (brand, share * precision) if share > 0.5 and brand not in learnt else None
