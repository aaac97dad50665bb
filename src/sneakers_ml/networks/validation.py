"""How good a network is while it learns."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.metrics import f1_score

from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.networks.network import SneakerNetwork
from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.networks.pixels import served_batches
from sneakers_ml.networks.search import fit_search

__all__ = ["validate"]


def validate(
    network: SneakerNetwork,
    weights: dict[str, torch.Tensor],
    fitted_on: TrainingPhotos,
    photos: TrainingPhotos,
    side: int,
) -> dict[str, float]:
    """`macro_f1` of brands and `recall_at_1` of models, each photo against all others, by these weights.

    What is served is fitted on training photos, `fitted_on`. The network keeps its own
    weights, and is left in use, not in training.
    """
    own = {name: value.clone() for name, value in network.state_dict().items()}
    network.load_state_dict(weights)
    search = fit_search(network, fitted_on, side)
    with torch.inference_mode():
        rows = torch.cat([search(pixels).cpu() for pixels in served_batches(photos.shoes, side, network.backbone)])
    vectors, logits = rows[:, : search.searched].numpy(), rows[:, search.searched :]
    network.load_state_dict(own)
    named = logits.argmax(dim=1).numpy()
    macro_f1 = f1_score(photos.label, named, average="macro", labels=np.unique(photos.label))
    # A photo whose model is not known, or which is the only one of it, asks for nothing.
    models = np.where(photos.model >= 0, photos.model, -1 - np.arange(len(photos))).astype(str)
    found = retrieval_metrics(vectors, vectors, models, models, np.arange(len(models)), ks=(1,))
    return {"macro_f1": float(macro_f1), "recall_at_1": float(found.hits.mean()) if found.evaluated.any() else 0.0}
