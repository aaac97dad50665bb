"""The command that examines an installation: the facts that one asks for first when something does not work."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Annotated

import typer
from packaging.requirements import Requirement

from sneakers_ml.cli.output import print_facts, print_table, workspace_of
from sneakers_ml.errors import BundleError
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings, load_settings

__all__ = ["Finding", "doctor", "examine"]

_EXTRAS = ("crawl", "train", "web", "clip")
_SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination.

    `good` is None where it is a fact and no more. Extractors, models and groups of packages in order are counted by
    their `kind` rather than listed.
    """

    what: str
    good: bool | None
    detail: str
    kind: str = ""


def doctor(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="List every extractor, model and group of packages.")] = False,
) -> None:
    """Say what is wrong and what to do about it, then what is installed, built and set."""
    findings = list(examine(workspace_of(context), load_settings()))
    if all_:
        marks = {True: "ok", False: "no", None: ""}
        print_table("sneakers doctor", ["", "what", "detail"], ((marks[f.good], f.what, f.detail) for f in findings))
        return
    bad = [finding for finding in findings if finding.good is False]
    problems = {finding.what: finding.detail for finding in bad if finding.kind != _SETTING}
    print_facts("problems", problems or {"none": "all that was looked at is in order"})
    rest = [finding for finding in findings if finding.good is not False]
    single = {finding.what: finding.detail for finding in rest if finding.kind in ("", _SETTING)}
    counts = Counter(finding.kind for finding in rest if finding.kind not in ("", _SETTING))
    print_facts("in order", {**single, **counts})
    if unset := {finding.what: finding.detail for finding in bad if finding.kind == _SETTING}:
        print_facts("not set", unset)


def examine(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    """Findings on the installation, the workspace and the environment; secrets are never part of them."""
    yield Finding("python", None, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield from _packages()
    root, made = str(workspace.root.resolve()), workspace.params.exists()
    yield Finding("workspace", made, root if made else f"{root} has no params.yaml; `sneakers workspace DIR` makes one")
    yield from _models(workspace)
    token, bucket = settings.telegram_token, settings.s3_bucket
    keys = settings.aws_access_key_id and settings.aws_secret_access_key
    for what, value, shown, name, needed_by in (
        ("telegram token", token, "set", "TELEGRAM_TOKEN", "bot"),
        ("S3 bucket", bucket, bucket, "S3_BUCKET", "remote"),
        ("S3 keys", keys, "set", "AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY", "remote"),
    ):
        unset = f"{name} is not set; only `sneakers {needed_by}` needs it, from the environment or .env"
        yield Finding(what, bool(value), str(shown) if value else unset, _SETTING)
    yield Finding("telegram server", None, settings.telegram_api_url)
    yield Finding("S3 server", None, settings.s3_endpoint_url or "the provider's default")


def _packages() -> Iterator[Finding]:
    """What serving needs, and what each extra needs beside it."""
    needs = [Requirement(line) for line in requires("sneakers-ml") or []]
    base = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    for extra in ("", *_EXTRAS):
        own = [need for need in needs if need not in base and need.marker and need.marker.evaluate({"extra": extra})]
        names = own if extra else base
        missing = []
        for need in names:
            try:
                fits = need.specifier.contains(version(need.name), prereleases=True)
            except PackageNotFoundError:
                fits = False
            if not fits:
                missing.append(need.name)
        install = f"pip install 'sneakers-ml{f'[{extra}]' if extra else ''}'"
        detail = f"missing: {', '.join(missing)}; {install}" if missing else f"all {len(names)} installed"
        # an extra that is not there is no problem of an installation that only serves
        yield Finding(f"packages for {extra or 'serving'}", not missing, detail, _SETTING if extra else "")


def _models(workspace: Workspace) -> Iterator[Finding]:
    """What lies in models/."""
    from sneakers_ml.features.extractor import read_spec
    from sneakers_ml.inference.brand_model import read_model_spec
    from sneakers_ml.serving.manifest import verify

    def describe(kind: str, folder: Path) -> str:
        if kind == "extractor":
            extractor = read_spec(folder)
            return f"{extractor.dim} numbers, weights: {extractor.weights}"
        if kind == "model":
            model = read_model_spec(folder)
            score = model.metrics.get("val_macro_f1", float("nan"))
            return f"{len(model.labels)} brands, validation macro-F1 {score:.3f}"
        bundle = verify(folder)
        return f"{bundle.brand.name}, {bundle.index.photos} photos, hashes verified"

    parts = [("extractor", folder) for folder in sorted(workspace.extractors.glob("[!.]*/"))]
    parts += [("model", folder) for folder in sorted(workspace.brand_models.glob("[!.]*/"))]
    for kind, folder in [*parts, ("", workspace.bundle)]:
        what = f"{kind} {folder.name}" if kind else "bundle"
        try:
            yield Finding(what, True, describe(kind, folder), kind and f"{kind}s")
        except BundleError as error:
            yield Finding(what, False, str(error), kind and f"{kind}s")
