"""Make the folder that describes an extractor: its settings and, for a network, its graph."""

from __future__ import annotations

from pathlib import Path

from sneakers_ml.features.extractor import EXTRACTORS, Context, ExtractorSpec
from sneakers_ml.files import replacing_folder
from sneakers_ml.workspace.params import EmbedParams

__all__ = ["prepare_extractor"]


def prepare_extractor(name: str, params: EmbedParams, folder: Path, context: Context | None = None) -> ExtractorSpec:
    """Fill `folder` anew; a half-made folder never stays.

    Raises:
        UsageError: when no extractor has that name, or its settings cannot work.
        DataError: when it is fitted and there are no training photos, or its weights cannot be read.
        BundleError: when it is made of others that are not prepared yet.
    """
    prepare, settings = EXTRACTORS[name], EXTRACTORS.settings(name, params.sections)
    with replacing_folder(folder) as temporary:
        spec = prepare(settings, temporary, context or Context(folder.parent))
        spec.save(temporary)
    return spec
