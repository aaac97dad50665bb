"""Make the folder that describes an extractor: its settings and, for a network, its graph."""

from __future__ import annotations

import shutil
from pathlib import Path

from sneakers_ml.errors import DataError
from sneakers_ml.features.extractor import EXTRACTORS, GRAPH, TUNED, Context, ExtractorSpec, read_spec
from sneakers_ml.files import replacing_folder
from sneakers_ml.workspace.params import EmbedParams

__all__ = ["prepare_extractor"]


def prepare_extractor(name: str, params: EmbedParams, folder: Path, context: Context | None = None) -> ExtractorSpec:
    """Fill `folder` anew; a half-made folder never stays.

    Raises:
        UsageError: when no extractor has that name, or its settings cannot work.
        DataError: when it is fitted and there are no training photos, its weights cannot be read, or it is a network
            that was not fine-tuned yet.
        BundleError: when it is made of others that are not prepared yet.
    """
    if name.startswith(TUNED):
        network = folder.parents[1] / "networks" / name.removeprefix(TUNED)
        if not (network / GRAPH).exists():
            raise DataError(f"{network}: missing; run `sneakers finetune {network.name}`")
        with replacing_folder(folder) as temporary:
            shutil.copytree(network, temporary, dirs_exist_ok=True)
        return read_spec(folder)
    prepare, settings = EXTRACTORS[name], EXTRACTORS.settings(name, params.sections)
    with replacing_folder(folder) as temporary:
        spec = prepare(settings, temporary, context or Context(folder.parent))
        spec.save(temporary)
    return spec
