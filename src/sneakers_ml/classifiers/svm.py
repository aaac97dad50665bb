"""Support vector machines (Cortes and Vapnik, 1995) on vectors reduced and half-whitened by PCA."""

from __future__ import annotations

import warnings
from typing import Annotated

from pydantic import Field
from sklearn.base import ClassifierMixin
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from sneakers_ml.classifiers.classifier import CLASSIFIERS, Choice, TrainingSet
from sneakers_ml.classifiers.whitened import WhitenedClassifier
from sneakers_ml.registry import Section

__all__ = ["Svm", "SvmParams"]

Costs = Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1)]


class SvmParams(Section):
    """Support vector machine on half-whitened PCA; the values tried for each kernel's C."""

    components: int = Field(320, ge=1)
    linear_C: Costs = (0.001, 0.003, 0.01)
    rbf_C: Costs = (3.0, 10.0)


@CLASSIFIERS.register("svm", SvmParams)
class Svm(WhitenedClassifier):
    """Support vector machine; a linear kernel goes before an RBF one within a standard error of it.

    Probabilities come from pairwise coupling (Wu, Lin and Weng, JMLR 2004), built into libsvm: one-vs-rest Platt
    scaling of the same SVM lost 3 to 7 points of macro-F1 on real photos and told unknown brands worse.
    """

    def grid(self) -> list[Choice]:
        """Each C of both kernels."""
        linear = [{"kernel": "linear", "C": C} for C in self.settings.linear_C]
        return linear + [{"kernel": "rbf", "C": C} for C in self.settings.rbf_C]

    def prefers(self, choice: Choice) -> bool:
        """The linear kernel."""
        return bool(choice["kernel"] == "linear")

    def estimator(self, choice: Choice, *, probabilities: bool) -> ClassifierMixin:
        """scikit-learn's, with probabilities by five-fold cross-validation where they are needed."""
        more = {"probability": True, "random_state": self.params.seed} if probabilities else {}
        return SVC(kernel=choice["kernel"], C=choice["C"], class_weight="balanced", cache_size=500, **more)

    def fit(self, choice: Choice, data: TrainingSet, validation: TrainingSet) -> Pipeline:
        """As every classifier on half-whitened vectors, without scikit-learn's notice that `probability` goes."""
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", FutureWarning
            )  # scikit-learn drops `probability` in 1.11; the lock isn't there
            return super().fit(choice, data, validation)
