"""What is installed, built and set: the facts that one asks for first when something does not work."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from sneakers_ml.brand_model import read_model_spec
from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import read_spec
from sneakers_ml.serving.manifest import verify
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings

__all__ = ["Finding", "examine"]

_EXTRAS = ("crawl", "train", "web")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; `good` is None where it is a fact and no more."""

    what: str
    good: bool | None
    detail: str


def examine(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    """Findings on the installation, the workspace and the environment; secrets are never part of them."""
    yield Finding("python", None, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield from _packages()
    yield Finding("workspace", workspace.params.exists(), str(workspace.root.resolve()))
    yield from _extractors(workspace)
    yield from _brand_models(workspace)
    yield _bundle(workspace)
    yield Finding(
        "telegram token", settings.telegram_token is not None, _set("TELEGRAM_TOKEN", settings.telegram_token)
    )
    yield Finding("telegram server", None, settings.telegram_api_url)
    yield Finding("S3 bucket", settings.s3_bucket is not None, settings.s3_bucket or "S3_BUCKET is not set")
    yield Finding("S3 server", None, settings.s3_endpoint_url or "the provider's default")
    keys = settings.aws_access_key_id and settings.aws_secret_access_key
    yield Finding("S3 keys", keys is not None, _set("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", keys))


def _packages() -> Iterator[Finding]:
    needs = [Requirement(line) for line in requires("sneakers-ml") or []]
    for extra in ("", *_EXTRAS):
        here = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
        names = [need for need in here if not extra or not (need.marker is None or need.marker.evaluate({"extra": ""}))]
        missing = [need.name for need in names if not _installed(need)]
        label = f"packages for {extra or 'serving'}"
        yield Finding(
            label, not missing, f"missing: {', '.join(missing)}" if missing else f"all {len(names)} installed"
        )


def _installed(need: Requirement) -> bool:
    try:
        return need.specifier.contains(version(need.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _extractors(workspace: Workspace) -> Iterator[Finding]:
    for folder in sorted(workspace.extractors.glob("[!.]*/")):
        try:
            spec = read_spec(folder)
        except BundleError as error:
            yield Finding(f"extractor {folder.name}", False, str(error))
        else:
            yield Finding(f"extractor {folder.name}", True, f"{spec.dim} numbers, weights: {spec.weights}")


def _brand_models(workspace: Workspace) -> Iterator[Finding]:
    for folder in sorted(workspace.brand_models.glob("[!.]*/")):
        try:
            spec = read_model_spec(folder)
        except BundleError as error:
            yield Finding(f"model {folder.name}", False, str(error))
        else:
            score = spec.metrics.get("val_macro_f1", float("nan"))
            yield Finding(f"model {folder.name}", True, f"{len(spec.labels)} brands, validation macro-F1 {score:.3f}")


def _bundle(workspace: Workspace) -> Finding:
    try:
        manifest = verify(workspace.bundle)
    except BundleError as error:
        return Finding("bundle", False, str(error))
    return Finding("bundle", True, f"{manifest.brand.name}, {manifest.index.photos} photos, hashes verified")


def _set(name: str, value: object) -> str:
    return "set" if value else f"{name} is not set"
