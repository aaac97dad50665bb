"""Which extractor and brand model serve: every pair is tried on sources that were not trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.embedding.store import Features
from sneakers_ml.errors import UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalResult
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.evaluation.metrics.summary import Summary, summarise_brands, summarise_retrieval
from sneakers_ml.evaluation.metrics.transfer import brand_drops, retrieval_drops
from sneakers_ml.evaluation.places import OWN, RESTYLED, Places, find_places
from sneakers_ml.evaluation.restyle import restyled_vectors
from sneakers_ml.evaluation.timing import answer_times
from sneakers_ml.features.extractor import GRAPH, UNTRAINED, ExtractorSpec, read_spec
from sneakers_ml.inference.brand_model import BrandModel, BrandModelSpec
from sneakers_ml.workspace.choice import Candidate, Choice
from sneakers_ml.workspace.params import EvaluateParams, Params
from sneakers_ml.workspace.paths import Workspace

__all__ = ["Selection", "choose", "judge", "select"]

Summaries = dict[str, Summary]
"""Figures by place."""

_RULE = (
    "Of the brand models on a trained extractor that is one ONNX graph, those that answer within {milliseconds:g} ms a"
    " photo on two threads and add at most {megabytes:g} MB to a bundle; of these the best mean of macro-F1 of brands"
    " and mAP of similarity on {photos}; of equals the smaller. What is over a limit serves only where nothing else"
    " can, an untrained network only where nothing is trained."
)
_UNSEEN = "photos of the sources kept out of training, each source counting alike"
_STAND_IN = "restyled validation photos, which stand in for a source kept out of training"
_SET = "Set by `evaluate.serve` in params.yaml."
_NO_GRAPH, _NOT_TRAINED = "not one ONNX graph", "untrained"
_RANKS = {None: 0, _NOT_TRAINED: 2, _NO_GRAPH: 3}
"""Over a limit: 1."""
_FIGURES = {"accuracy": "photos", "macro_f1": "photos", "recall_at_1": "queries", "map": "queries"}
"""Of a candidate, and what a place must have 10 of to count for them."""
_LEAST = 10
_TIMED_PHOTOS = 5
_NUMBER_BYTES, _ID_BYTES = {"flat": 4, "fp16": 2}, 8  # in the index


@dataclass(frozen=True)
class Selection:
    """What serves and why.

    choice        what reports/choice.json holds
    summaries     figures by model and place, of the best candidate of each extractor; what serves first
    milliseconds  from a photo's file to its brands, by model; untrained ones are missing where others are trained
    brands        answers of what serves on the photos of all places; its `sources` are places
    retrieval     what its extractor found for the same photos; its `sources` are places
    """

    choice: Choice
    summaries: Mapping[str, Summaries]
    milliseconds: Mapping[str, float]
    brands: BrandResult
    retrieval: RetrievalResult


def select(
    workspace: Workspace,
    params: Params,
    models: Sequence[BrandModelSpec],
    features: Mapping[str, Features],
    photos: pd.DataFrame,
    resampling: Resampling,
) -> Selection:
    """Try every brand model with its extractor and choose.

    Args:
        workspace: for the extractors, and the photos where some are restyled.
        params: limits, seed, and how the index stores a number.
        models: the candidates.
        features: vectors of all photos, by extractor.
        photos: row i is the photo of vector i.
        resampling: of the intervals.

    Raises:
        BundleError: when an extractor is missing or damaged.
        DataError: when a photo is missing or damaged.
        UsageError: when `evaluate.serve` names none of the models.
    """
    places = find_places(photos, params.evaluate.seed)
    specs = {name: read_spec(workspace.extractor(name)) for name in dict.fromkeys(model.extractor for model in models)}
    trained = {name for name, spec in specs.items() if spec.weights != UNTRAINED}
    # An untrained network cannot win against a trained one, so that no time is spent on more photos of it.
    tried = [name for name in specs if name in trained or not trained]
    is_restyled = (places.rows["place"] == RESTYLED).to_numpy()
    restyled: dict[str, NDArray[np.float32]] = {}
    if is_restyled.any():
        photo_ids = places.rows.loc[is_restyled, "photo_id"].tolist()
        restyled = restyled_vectors(workspace, photo_ids, tried, params.evaluate.seed)
    files = [workspace.photos / file for file in places.rows["file"].iloc[:_TIMED_PHOTOS]]
    times = answer_times(workspace, [model for model in models if model.extractor in tried], files)
    gallery = photos[photos["known"]]
    summaries: dict[str, Summaries] = {}
    answers: dict[str, BrandResult] = {}
    rankings: dict[str, RetrievalResult] = {}
    candidates = []
    for name, spec in specs.items():
        rows = places.rows if name in tried else places.rows[~is_restyled]
        vectors = np.asarray(features[name].vectors[places.rows.index[~is_restyled]])
        if name in restyled:
            vectors = np.concatenate([vectors, restyled[name]])
        rankings[name] = _search(name, spec, features[name], gallery, rows, vectors)
        searches = _summarise_searches(rankings[name], resampling)
        graph = workspace.extractor(name) / GRAPH
        size = len(photos) * ((spec.searched or spec.dim) * _NUMBER_BYTES[params.index.codec] + _ID_BYTES)
        size += graph.stat().st_size if graph.exists() else 0
        for model in (model for model in models if model.extractor == name):
            answers[model.name] = _name_brands(BrandModel.open(workspace.brand_model(model.name)), rows, vectors)
            brands = _summarise_brands(answers[model.name], resampling)
            summaries[model.name] = found = {
                place: Summary(each.counts | brands[place].counts, each.figures | brands[place].figures)
                for place, each in searches.items()
            }
            size_here, took = size + model.graph_bytes, times.get(model.name)
            candidates.append(judge(model.name, spec, found, places.choosing, took, size_here, params.evaluate))
    choice = choose(candidates, places, params.evaluate)
    shown = {choice.extractor: choice.name}
    for each in choice.candidates:
        shown.setdefault(each.extractor, each.name)
    best_summaries = {name: summaries[name] for name in shown.values()}
    return Selection(choice, best_summaries, times, answers[choice.name], rankings[choice.extractor])


def _search(
    name: str,
    spec: ExtractorSpec,
    features: Features,
    gallery: pd.DataFrame,
    rows: pd.DataFrame,
    vectors: NDArray[np.float32],
) -> RetrievalResult:
    """Rankings of the gallery; a photo's own picture there does not count, restyled or not."""
    models = gallery["model_id"].to_numpy(str)
    own = pd.Series(np.arange(len(gallery)), gallery.index)[rows.index].to_numpy()
    wanted = rows["model_id"].to_numpy(str)
    found = features.search_rows(gallery.index.to_numpy())
    return RetrievalResult(
        name=name,
        weights=spec.weights,
        metrics=retrieval_metrics(spec.search_rows(vectors), found, wanted, models, own),
        groups=wanted,
        sources=rows["place"].to_numpy(str),
        query_ids=rows["photo_id"].to_numpy(str),
        gallery_ids=gallery["photo_id"].to_numpy(str),
    )


def _summarise_searches(result: RetrievalResult, resampling: Resampling) -> Summaries:
    """Figures of similarity, by place."""
    slices = summarise_retrieval(result, resampling).by_source
    for place in slices.keys() - {OWN}:
        slices[place].figures.update(retrieval_drops(result, OWN, place, resampling))
    return slices


def _name_brands(model: BrandModel, rows: pd.DataFrame, vectors: NDArray[np.float32]) -> BrandResult:
    return BrandResult(
        name=model.spec.name,
        labels=model.spec.labels,
        truth=rows["brand"].to_numpy(str),
        probabilities=model.probabilities(vectors),
        groups=rows["model_id"].to_numpy(str),
        sources=rows["place"].to_numpy(str),
        photo_ids=rows["photo_id"].to_numpy(str),
    )


def _summarise_brands(result: BrandResult, resampling: Resampling) -> Summaries:
    """Figures of the brands, by place."""
    slices = summarise_brands(result, resampling).by_source
    for place in slices.keys() - {OWN}:
        slices[place].figures.update(brand_drops(result, OWN, place, resampling))
    return slices


def judge(
    name: str,
    extractor: ExtractorSpec,
    summaries: Mapping[str, Summary],
    choosing: Sequence[str],
    milliseconds: float | None,
    size: int,
    params: EvaluateParams,
) -> Candidate:
    """A brand model with the means of its figures over the places that choose, and whether it may serve.

    Args:
        name: `<extractor>-<classifier>`.
        extractor: its spec.
        summaries: figures by place.
        choosing: the places that choose; one with fewer than 10 photos, or photos with another of their model, does not
            count for the figures of brands, or of similarity.
        milliseconds: from a photo to its brands; None where that was not measured.
        size: bytes of graphs and index.
        params: the limits.
    """
    means: dict[str, float | None] = {}
    there = [summaries[place] for place in choosing if place in summaries]
    for figure, counted in _FIGURES.items():
        values = [each.figures[figure].value for each in there if each.counts[counted] >= _LEAST]
        means[figure] = round(float(np.mean(values)), 4) if values else None
    parts = [value for value in (means["macro_f1"], means["map"]) if value is not None]
    left_out = None
    if extractor.graph_sha256 is None:
        left_out = _NO_GRAPH
    elif extractor.weights == UNTRAINED:
        left_out = _NOT_TRAINED
    elif milliseconds is not None and milliseconds > params.milliseconds:
        left_out = f"slower than {params.milliseconds:g} ms"
    elif size > 1e6 * params.megabytes:
        left_out = f"larger than {params.megabytes:g} MB"
    return Candidate(
        extractor=extractor.name,
        classifier=name.removeprefix(f"{extractor.name}-"),
        untrained=extractor.weights == UNTRAINED,
        score=round(float(np.mean(parts)), 4) if parts else None,
        megabytes=round(size / 1e6, 1),
        left_out=left_out,
        **means,
    )


def choose(candidates: Sequence[Candidate], places: Places, params: EvaluateParams) -> Choice:
    """The best by the rule, or the one that `params.serve` names; the candidates come out best first.

    Raises:
        UsageError: when `params.serve` names none of them.
    """

    def rank(each: Candidate) -> tuple[int, float, float, str]:
        return _RANKS.get(each.left_out, 1), inf if each.score is None else -each.score, each.megabytes, each.name

    ordered = {each.name: each for each in sorted(candidates, key=rank)}
    if params.serve not in (None, *ordered):
        raise UsageError(f"evaluate.serve: there is no model {params.serve!r}; choose from {', '.join(ordered)}")
    serves = ordered[params.serve or next(iter(ordered))]
    photos = _STAND_IN if places.stand_in else _UNSEEN
    return Choice(
        extractor=serves.extractor,
        classifier=serves.classifier,
        rule=_SET if params.serve else _RULE.format(**params.model_dump(), photos=photos),
        unseen_sources=() if places.stand_in else places.choosing,
        stand_in=places.stand_in,
        candidates=tuple(ordered.values()),
    )
