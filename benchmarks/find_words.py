"""Do words find photos? Recall@10 of tf-idf, BM25, the text tower alone, and both mixed as `sneakers find` does.

    .venv/bin/python -m benchmarks.find_words --workspace WORKSPACE [--side val]

The towers are those of `text.tower` in params.yaml; ngrams learn from training photos alone, as in the first half of
`sneakers text`. Asked are photos of products that were not trained on; a photo is relevant where what the catalogue
says of its product holds what the query asks for:

titles           the title of a product, of two words or more, finds that title again
titles, struck   the same, with every word of words.yaml (colours, kinds …) struck from the documents that are searched
in Russian       brand, colours and kind of a title, in the Russian words of words.yaml; also struck
typos            benchmarks/data/typos.csv: twenty queries as people slip, in the whole gallery

The tower sees no title at all. Intervals are of a bootstrap over the queries' models.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.common import print_table, run, shown
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.text.lexicon import Lexicon, lexicon
from sneakers_ml.text.search import WordSearch
from sneakers_ml.text.training.dual_encoder import DualEncoder, make_encoder
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.text.training.recall import chance, found, recall
from sneakers_ml.text.training.word_index import index_words
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace

SOURCES = ("catalogue", "zalando", "resale")
TYPOS = Path(__file__).parent / "data" / "typos.csv"


class Query(NamedTuple):
    """What is typed, what a document must hold to be relevant, and the model that it was made of."""

    text: str
    required: frozenset[str]
    model: str


class Gallery(NamedTuple):
    """Photos that are searched: their places, their products' documents (as read, and as tf-idf sees them), vectors."""

    places: NDArray[np.intp]
    documents: list[tuple[str, str]]
    vectors: NDArray[np.float32]


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with an index.")],
    side: Annotated[str, typer.Option(help="Of the split: test or val.")] = "test",
) -> None:
    """Print the table."""
    home, words = Workspace(workspace), lexicon()
    params = load_params(home.params)
    photos = CaptionedPhotos.read(home, words, params.text.tower)
    towers = make_encoder(home, photos, params.text)
    resampling = Resampling(params.evaluate.resamples, params.evaluate.seed)
    vectors = towers.photos(photos.inputs)
    asked = photos.side(side)
    if side == "test":  # unseen sources chose the network that gives the vectors, but nothing of the towers
        asked = np.union1d(asked, np.flatnonzero(photos.rows["unseen"]))
    asked = np.random.default_rng(0).permutation(asked)  # which settles ties
    source = photos.rows["source"].to_numpy(str)[asked]
    table: list[list[object]] = []

    def report(kind: str, name: str, queries: list[Query], gallery: Gallery, *, struck: bool) -> None:
        facts = [photos.captions.facts(product, ()) for product in photos.rows["product"].iloc[gallery.places]]
        relevant = np.array([[query.required <= each for each in facts] for query in queries])
        rows = scores(queries, gallery, words, towers, params.text.weight, struck=struck)
        models = np.array([query.model for query in queries], np.str_)
        cells = [shown(recall(found(each, relevant), models, resampling)) for each in rows.values()]
        table.append([kind, name, len(queries), len(gallery.places), f"{chance(relevant):.3f}", *cells])

    for name in (*SOURCES, "all three"):
        wanted = SOURCES if name == "all three" else (name,)
        inside = np.array([any(each.startswith(part) for part in wanted) for each in source])
        places = asked[inside]
        documents = [
            (photos.products["brand"][product], photos.texts[product])
            for product in photos.rows["product"].iloc[places]
        ]
        gallery = Gallery(places, documents, vectors[places])
        titles = _titles(photos, places)
        for learnt in [True, False] if name == "catalogue" else [None]:
            some = titles
            if learnt is not None:
                known = dict(zip(photos.rows["model_id"], photos.rows["known"], strict=True))
                some = [query for query in titles if known[query.model] == learnt]
            asked_of = name + {True: ", learnt brands", False: ", other brands", None: ""}[learnt]
            if some:
                report("titles", asked_of, some, gallery, struck=False)
                report("titles, struck", asked_of, some, gallery, struck=True)
        report("in Russian", name, russian := _russian(photos, places, words), gallery, struck=False)
        report("in Russian, struck", name, russian, gallery, struck=True)
    everything = np.random.default_rng(0).permutation(len(photos.rows))
    documents = [
        (photos.products["brand"][product], photos.texts[product])
        for product in photos.rows["product"].iloc[everything]
    ]
    with TYPOS.open(encoding="utf-8", newline="") as file:
        typos = [
            Query(row["typed"], frozenset(words.tokens(row["meant"])), row["typed"]) for row in csv.DictReader(file)
        ]
    report("typos", "all", typos, Gallery(everything, documents, vectors[everything]), struck=False)
    print_table(["queries", "photos of", "queries", "photos", "by chance", "tf-idf", "words", "tower", "mixed"], table)


def scores(
    queries: list[Query], gallery: Gallery, words: Lexicon, towers: DualEncoder, weight: float, *, struck: bool
) -> dict[str, NDArray[np.floating]]:
    """(queries, photos) of each way to search."""
    documents = gallery.documents
    if struck:
        plain = [
            " ".join(word for meaning in words.read(text) if not meaning.term for word in meaning.words)
            for _, text in documents
        ]
        documents = [(brand, text) for (brand, _), text in zip(documents, plain, strict=True)]
    tfidf = TfidfVectorizer().fit([text for _, text in documents])
    titles = tfidf.transform([text for _, text in documents])
    search = WordSearch(index_words(documents, words), words)
    meanings = [search.understand(query.text) for query in queries]
    bm25 = np.stack([search.scores(each) for each in meanings])
    tower = towers.texts(meanings) @ gallery.vectors.T
    return {
        "tf-idf": (tfidf.transform([query.text for query in queries]) @ titles.T).toarray(),
        "words": bm25,
        "tower": tower,
        "mixed": bm25 + weight * tower,
    }


def _titles(photos: CaptionedPhotos, places: NDArray[np.intp]) -> list[Query]:
    """The titles of the photos' products, of two words or more."""
    rows = photos.rows.iloc[places].drop_duplicates("title")
    found_ = []
    for product, title, brand, model in zip(
        rows["product"], rows["title"], rows["brand"], rows["model_id"], strict=True
    ):
        required = frozenset(photos.captions.title(product))
        if len(required) > 1:
            found_.append(Query(f"{brand} {title}", required, model))
    return found_


def _russian(photos: CaptionedPhotos, places: NDArray[np.intp], words: Lexicon) -> list[Query]:
    """Brand, colours and a kind of each product, in Russian; those alike once."""
    rows, made = photos.rows.iloc[places], {}
    for product, brand, model in zip(rows["product"], rows["brand"], rows["model_id"], strict=True):
        terms = [*photos.captions.colours[product], *photos.captions.kinds[product][:1]]
        if terms:
            spelt = [getattr(words.file, term.section)[term.name].ru[0] for term in terms]
            text = " ".join([*spelt, *words.file.names.get(brand, (brand,))[:1]])
            made[text] = Query(text, frozenset([*words.tokens(brand), *(term.token for term in terms)]), model)
    return list(made.values())


if __name__ == "__main__":
    run(main)
