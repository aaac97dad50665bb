"""The stage `text`: a text tower and a photo head that meet, and the index of the catalogue's words."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling
from sneakers_ml.evaluation.report.metrics_json import interval_numbers
from sneakers_ml.features.extractor import UNTRAINED
from sneakers_ml.files import file_sha256, replacing_folder, write_atomically
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.text.lexicon import Lexicon, lexicon
from sneakers_ml.text.spec import (
    PHOTO_HEAD,
    PHOTO_VECTORS,
    TEXT_SPEC,
    TOWER,
    TOWERS,
    TermReader,
    TextSpec,
    save_readers,
)
from sneakers_ml.text.training.dual_encoder import DualEncoder, make_encoder
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.text.training.readers import fit_kinds
from sneakers_ml.text.training.recall import chance, found, recall
from sneakers_ml.text.training.word_index import index_words
from sneakers_ml.workspace.params import TextParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["TextResult", "fit_readers", "make_text", "title_recall"]

_UNLIKE = 0.05  # share of photos that are less like their own titles than the floor


@dataclass(frozen=True)
class TextResult:
    """Counts of a run; `recalls` by source, with "all" for all of them: recall@10, and that of chance.

    `warning` is what the person who ran it should know, a sentence, or nothing.
    """

    photos: int
    products: int
    words: int
    megabytes: float
    recalls: dict[str, tuple[Interval, float]]
    warning: str = ""


def make_text(
    workspace: Workspace, params: TextParams, resampling: Resampling, on_progress: OnProgress = no_progress
) -> TextResult:
    """Write models/text/ and reports/text.json.

    The towers `ngrams` are trained twice: on training photos, to measure them on test photos and to learn from
    validation photos what a cosine means; and on all of the gallery, to serve. Those of `open_clip` were trained
    elsewhere. Words are indexed by product, in order of their ids; vectors of photos stand in the gallery's order.

    Raises:
        BundleError: when there is no choice yet, or an extractor is missing or damaged.
        DataError: when a table or vectors are missing or don't belong together, or no photo is there to learn from.
        ParamsError: when there is no such tower, or the photos have no vectors that it could meet.
        ParityError: when an exported graph answers differently.
    """
    words = lexicon()
    photos = CaptionedPhotos.read(workspace, words, params.tower)
    everything = np.arange(len(photos.rows))
    if not len(photos.side("train")):
        raise DataError(f"{workspace.split}: no training photo is in the gallery; run `sneakers split`")
    towers = make_encoder(workspace, photos, params, lambda done, all_: on_progress(done, 2 * all_))
    readers, floor = fit_readers(photos, words, towers), _floor(photos, towers)
    recalls = title_recall(photos, towers, resampling)
    serving = make_encoder(
        workspace, photos, params, lambda done, all_: on_progress(all_ + done, 2 * all_), serving=True
    )
    index = index_words(zip(photos.products["brand"], photos.texts, strict=True), words)
    with replacing_folder(workspace.text) as folder:
        serving.export(folder, photos.titles(everything), photos.served)
        vectors = serving.photos(photos.served)
        np.save(folder / PHOTO_VECTORS, vectors.astype(np.float16))
        index.save(folder)
        save_readers(readers, folder)
        spec = TextSpec(
            tower=params.tower,
            parts=photos.specs,
            dim=vectors.shape[1],
            gallery_sha256=file_sha256(workspace.gallery),
            weight=params.weight,
            floor=floor,
            words=words.file,
            tower_sha256=file_sha256(folder / TOWER),
            head_sha256=file_sha256(folder / PHOTO_HEAD),
        )
        write_atomically(folder / TEXT_SPEC, (spec.model_dump_json(indent=1) + "\n").encode())
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    figures = {
        source: {**interval_numbers("recall_at_10", interval), "chance": round(level, 4)}
        for source, (interval, level) in recalls.items()
    }
    write_atomically(workspace.text_report, (json.dumps(figures, indent=1, ensure_ascii=False) + "\n").encode())
    untrained = [one.name for one in photos.specs if one.name in TOWERS[params.tower] and one.weights == UNTRAINED]
    warning = f"the network {untrained[0]} is untrained, so words will not find photos" if untrained else ""
    return TextResult(len(everything), len(photos.products), len(index.vocabulary), size, recalls, warning)


def fit_readers(photos: CaptionedPhotos, words: Lexicon, towers: DualEncoder) -> dict[str, TermReader]:
    """What reads colours, and kinds (of validation photos, else of training photos), where titles tell of enough."""
    readers = {} if photos.colours is None else {"colours": photos.colours}
    terms = words.terms("kinds")
    texts = towers.texts([[words.of_term(term)] for term in terms])
    named = [photos.captions.kinds[product] for product in photos.rows["product"]]
    for side in ("val", "train"):
        places = [place for place in photos.side(side) if named[place]]
        if places and (
            kinds := fit_kinds(
                towers.photos(photos.inputs[places]) @ texts.T, terms, [named[place] for place in places]
            )
        ):
            return {**readers, "kinds": kinds}
    return readers


def _floor(photos: CaptionedPhotos, towers: DualEncoder) -> float:
    """The cosine that 19 of 20 validation photos (training photos, where there are none) have to their own titles."""
    places = next(filter(len, map(photos.side, ("val", "train"))))
    cosines = (towers.texts(photos.titles(places)) * towers.photos(photos.inputs[places])).sum(axis=1)
    return round(float(np.quantile(cosines, _UNLIKE)), 4)


def title_recall(
    photos: CaptionedPhotos, towers: DualEncoder, resampling: Resampling
) -> dict[str, tuple[Interval, float]]:
    """Recall@10 of titles of test products among the test photos, and by chance; of each source, and of all together.

    Titles of a single word are left out. A photo is relevant whose product has that title.
    """
    test = photos.side("test")
    telling = np.array([len(photos.captions.title(product)) > 1 for product in range(len(photos.products))])
    sources = photos.rows["source"].to_numpy(str)[test]
    recalls = {}
    for source in ("all", *np.unique(sources).tolist()):
        gallery = test if source == "all" else test[sources == source]
        rows = photos.rows.iloc[gallery]
        queries = rows[telling[rows["product"]]].drop_duplicates("title")
        if queries.empty:
            continue
        similarity = towers.texts(photos.titles(queries.index.to_numpy())) @ towers.photos(photos.inputs[gallery]).T
        relevant = queries["title"].to_numpy(str)[:, None] == rows["title"].to_numpy(str)
        models = queries["model_id"].to_numpy(str)
        recalls[source] = recall(found(similarity, relevant), models, resampling), chance(relevant)
    return recalls
