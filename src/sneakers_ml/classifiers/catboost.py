"""Gradient boosting of symmetric trees (Prokhorenkova et al., NeurIPS 2018) on the columns that tell brands best.

Columns are picked, not projected: a threshold on a computed number falls to one side or the other by how an
implementation rounds, whereas a picked number is the same everywhere, and so is the tree's answer.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import onnx
from pydantic import Field
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.classifier import CLASSIFIERS, Choice, Classifier, TrainingSet
from sneakers_ml.classifiers.tuning import grouped_folds
from sneakers_ml.errors import DataError
from sneakers_ml.progress import OnProgress
from sneakers_ml.registry import Section

__all__ = ["Catboost", "CatboostParams"]

_THREADS = 2
"""Part of the model: sums are shared out among this many, on any machine."""


class CatboostParams(Section):
    """Gradient boosting of symmetric trees on the most telling columns, stopped early on validation photos."""

    columns: int = Field(1024, ge=1, description="Columns kept, those of largest ANOVA F")
    column_share: float = Field(0.02, gt=0, le=1, description="Share of the kept columns that a level may choose from")
    borders: int = Field(8, ge=1, le=255, description="Thresholds tried for a column")
    iterations: int = Field(600, ge=1)
    patience: int = Field(40, ge=1, description="Iterations without a better validation loss that end the fit")
    learning_rate: float = Field(0.3, gt=0)
    depth: Annotated[tuple[Annotated[int, Field(ge=1, le=10)], ...], Field(min_length=1)] = (3, 4)
    trial_iterations: int = Field(30, ge=1, description="Iterations by which depths are compared")


@CLASSIFIERS.register("catboost", CatboostParams)
class Catboost(Classifier):
    """Trees of the depth whose first few do best."""

    def tune(self, data: TrainingSet, on_progress: OnProgress) -> tuple[Choice, float]:
        """Depth of the trees, by macro-F1 of the first few of them."""
        folds, depths = grouped_folds(data, self.params), sorted(self.settings.depth)
        trees = min(self.settings.trial_iterations, self.settings.iterations)
        scores = np.empty((len(depths), len(folds)))
        for fold, (train, held_out) in enumerate(folds):
            seen, unseen = data.rows(train), data.rows(held_out)
            columns = self._best_columns(seen)
            for row, depth in enumerate(depths):
                fitted = self._model(depth, trees).fit(columns.transform(seen.vectors), seen.brands)
                predicted = fitted.predict(columns.transform(unseen.vectors)).ravel().astype(str)
                scores[row, fold] = f1_score(unseen.brands, predicted, average="macro")
                on_progress(fold * len(depths) + row + 1, scores.size)
        means = scores.mean(axis=1)
        best = int(np.argmax(means))
        return {"depth": depths[best], "columns": self._best_columns(data).k}, float(means[best])

    def fit(self, choice: Choice, data: TrainingSet, validation: TrainingSet) -> Pipeline:
        """Trees of that depth, up to the one after which the loss on validation photos is lowest.

        Raises:
            DataError: when no validation photo is of a brand to be learnt.
        """
        known = validation.rows(np.isin(validation.brands, data.brands))
        if not len(known.brands):
            raise DataError("no validation photo of the brands to be learnt, by which to stop in time")
        columns = self._best_columns(data)
        model = self._model(choice["depth"], self.settings.iterations).fit(
            columns.transform(data.vectors),
            data.brands,
            eval_set=(columns.transform(known.vectors), known.brands),
            early_stopping_rounds=self.settings.patience,
            use_best_model=True,
        )
        return Pipeline([("columns", columns), ("catboost", model)])

    def to_onnx(self, fitted: Any) -> onnx.ModelProto:
        """CatBoost's own graph on the whole vector, without the map of names at its end and the time of the fit."""
        columns, model = fitted[0].get_support(indices=True), fitted[-1]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            model.save_model(str(path), format="onnx")
            exported = onnx.load(path)
        graph, trees = exported.graph, exported.graph.node[0]
        places = next(attribute for attribute in trees.attribute if attribute.name == "nodes_featureids")
        places.ints[:] = columns[list(places.ints)]
        del exported.metadata_props[:], graph.node[1:], graph.input[:], graph.output[:]
        for ends, name, size in (
            (graph.input, trees.input[0], fitted.n_features_in_),
            (graph.output, trees.output[-1], len(fitted.classes_)),
        ):
            ends.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None, size]))
        return exported

    def _best_columns(self, data: TrainingSet) -> SelectKBest:
        kept = min(self.settings.columns, data.vectors.shape[1])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a constant column's F, which is not a number and comes last
            return SelectKBest(f_classif, k=kept).fit(data.vectors, data.brands)

    def _model(self, depth: int, iterations: int) -> Any:
        """Cheap trees: coarse thresholds, few columns a level, plain gains and one Newton step a leaf.

        Thirty trees on HOG of real photos came to the macro-F1 of as many on fine thresholds, all columns and
        CatBoost's own gains, within the noise, in a fifteenth of the time; against its defaults in full they weren't
        measured.
        """
        from catboost import CatBoostClassifier

        return CatBoostClassifier(
            loss_function="MultiClass",
            auto_class_weights="Balanced",
            iterations=iterations,
            depth=depth,
            learning_rate=self.settings.learning_rate,
            rsm=self.settings.column_share,
            border_count=self.settings.borders,
            score_function="L2",
            bootstrap_type="No",
            leaf_estimation_iterations=1,
            random_seed=self.params.seed,
            thread_count=_THREADS,
            allow_writing_files=False,
            verbose=False,
        )
