"""The layout of a workspace: the only place that knows where data, models and reports lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["PROJECT_ROOT", "Workspace"]

PROJECT_ROOT = Path(__file__).resolve().parents[3]
"""The checkout, when the package runs from one: home of dvc.yaml, params.yaml and demo/."""


@dataclass(frozen=True)
class Workspace:
    """A folder with `data/`, `models/` and `reports/`; the repository itself is the demo's workspace."""

    root: Path

    @property
    def params(self) -> Path:
        return self.root / "params.yaml"

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw"

    def source(self, name: str) -> Path:
        """Folder of one shop or import: listings.jsonl and photos/."""
        return self.raw / name

    @property
    def products(self) -> Path:
        return self.root / "data" / "catalogue" / "products.parquet"

    @property
    def listings(self) -> Path:
        return self.root / "data" / "catalogue" / "listings.parquet"

    @property
    def set_aside(self) -> Path:
        """What the catalogue left out, and why."""
        return self.root / "data" / "catalogue" / "set_aside.parquet"

    @property
    def offers(self) -> Path:
        """What each listing asked, and when."""
        return self.root / "data" / "catalogue" / "offers.parquet"

    @property
    def merge_memory(self) -> Path:
        """What the stage `merge` worked out last time, to save work; it may be deleted at any time."""
        return self.root / "data" / "merge" / "memory.arrow"

    @property
    def photos(self) -> Path:
        """Folder with photos.parquet and images/<photo_id>.jpg."""
        return self.root / "data" / "photos"

    @property
    def photo_table(self) -> Path:
        return self.photos / "photos.parquet"

    @property
    def split(self) -> Path:
        return self.root / "data" / "split.parquet"

    @property
    def features(self) -> Path:
        return self.root / "data" / "features"

    @property
    def extractors(self) -> Path:
        return self.root / "models" / "extractors"

    def extractor(self, name: str) -> Path:
        """Folder with what an extractor needs at serving time (settings, ONNX graph)."""
        return self.extractors / name

    @property
    def networks(self) -> Path:
        """Folders of fine-tuned networks, each an extractor's."""
        return self.root / "models" / "networks"

    def network(self, name: str) -> Path:
        """Folder with extractor.json and model.onnx of a fine-tuned backbone."""
        return self.networks / name

    @property
    def refit(self) -> Path:
        """Folder with the network that serves, trained on all photos, and its vectors; empty where none was."""
        return self.root / "models" / "refit"

    def refitted(self, extractor: str) -> bool:
        """Whether `refit` holds that extractor."""
        return (self.refit / f"{extractor}.json").exists()

    def finetune_report(self, name: str) -> Path:
        """DVCLive's logs of a fine-tuning."""
        return self.reports / "finetune" / name

    @property
    def brand_models(self) -> Path:
        return self.root / "models" / "brand"

    def brand_model(self, name: str) -> Path:
        """Folder with model.onnx and model.json; `name` is `<extractor>-<classifier>`."""
        return self.brand_models / name

    def train_report(self, name: str) -> Path:
        """What training a brand model took; apart from the model, which comes out the same in any time."""
        return self.root / "reports" / "train" / f"{name}.json"

    @property
    def choice(self) -> Path:
        """Which extractor and brand model serve, and why."""
        return self.reports / "choice.json"

    @property
    def times(self) -> Path:
        """Milliseconds that brand models take for a photo; apart from the choice, which comes out the same."""
        return self.reports / "times.json"

    @property
    def index(self) -> Path:
        """Folder with the store's files and gallery.parquet."""
        return self.root / "models" / "index"

    @property
    def gallery(self) -> Path:
        """The product that each photo of the index shows."""
        return self.index / "gallery.parquet"

    @property
    def text(self) -> Path:
        """Folder with the text tower, the photo head, the photos in the space of both, and the index of words."""
        return self.root / "models" / "text"

    @property
    def text_report(self) -> Path:
        """How well texts find photos."""
        return self.reports / "text.json"

    @property
    def bundle(self) -> Path:
        return self.root / "models" / "serving"

    @property
    def reports(self) -> Path:
        return self.root / "reports"
