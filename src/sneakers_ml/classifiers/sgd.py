"""One-vs-rest logistic regression by averaged stochastic gradient descent (Bottou, 2012) on half-whitened vectors.

Steps of a constant length, averaged over all of them (Polyak and Juditsky, SIAM J. Control 1992): scikit-learn's own
schedule starts with steps that are far too long, and did worse on real photos in the same number of epochs.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sklearn.base import ClassifierMixin
from sklearn.linear_model import SGDClassifier

from sneakers_ml.classifiers.classifier import CLASSIFIERS, Choice
from sneakers_ml.classifiers.whitened import WhitenedClassifier
from sneakers_ml.registry import Section

__all__ = ["Sgd", "SgdParams"]


class SgdParams(Section):
    """Logistic loss by stochastic gradient descent on half-whitened PCA; the strengths of L2 tried."""

    components: int = Field(320, ge=1)
    alpha: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1)] = (0.01, 0.1)
    rate: float = Field(0.01, gt=0, description="Length of a step, the same throughout")
    epochs: int = Field(10, ge=1, description="Times that every photo is seen")


@CLASSIFIERS.register("sgd", SgdParams)
class Sgd(WhitenedClassifier):
    """One-vs-rest logistic regression by averaged SGD; of equal candidates the most penalised."""

    def grid(self) -> list[Choice]:
        """Largest penalty first."""
        return [{"alpha": alpha} for alpha in sorted(self.settings.alpha, reverse=True)]

    def estimator(self, choice: Choice, *, probabilities: bool) -> ClassifierMixin:
        """scikit-learn's, of constant steps averaged over all of them."""
        return SGDClassifier(
            loss="log_loss",
            penalty="l2",
            alpha=choice["alpha"],
            learning_rate="constant",
            eta0=self.settings.rate,
            max_iter=self.settings.epochs,
            tol=None,
            average=True,
            class_weight="balanced",
            random_state=self.params.seed,
        )
