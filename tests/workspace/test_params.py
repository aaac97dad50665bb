from __future__ import annotations

from typing import Any

import pytest
import yaml

from sneakers_ml.errors import ParamsError
from sneakers_ml.workspace.params import Params, load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT

PROJECTS_OWN = PROJECT_ROOT / "params.yaml"


def changed(path, *keys, value):
    """The repository's params.yaml with one value changed, written to `path`."""
    loaded: dict[str, Any] = yaml.safe_load(PROJECTS_OWN.read_text(encoding="utf-8"))
    section = loaded
    for key in keys[:-1]:
        section = section[key]
    section[keys[-1]] = value
    path.write_text(yaml.safe_dump(loaded), encoding="utf-8")
    return path


def fault(path):
    """The message; it must be one line that names the file."""
    with pytest.raises(ParamsError) as caught:
        load_params(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_the_params_of_the_repository_load():
    params = load_params(PROJECTS_OWN)
    assert isinstance(params, Params)
    assert params.photos.longest_side == 512
    assert len(params.split.brands or ()) == 8  # of the demo's ten
    assert params.split.unseen is None
    assert params.evaluate.serve is None
    assert (params.evaluate.milliseconds, params.evaluate.megabytes) == (60, 60)


def test_params_cannot_be_changed_by_a_stage():
    params = load_params(PROJECTS_OWN)
    with pytest.raises(ValueError, match="frozen"):
        params.split.seed = 1  # type: ignore[misc]


def test_what_is_left_out_of_a_section_has_its_default(tmp_path):
    path = changed(tmp_path / "params.yaml", "split", value={})
    assert load_params(path).split.validation == 0.2


@pytest.mark.parametrize(
    ("keys", "value", "named"),
    [
        (("split", "sed"), 1, "split.sed: Extra inputs are not permitted"),
        (("lessons",), {}, "lessons: Extra inputs are not permitted"),
        (("split", "seed"), "twenty", "split.seed: Input should be a valid integer"),
        (("split", "seed"), -1, "split.seed: Input should be greater than or equal to 0"),
        (("train", "seed"), 2**32, "train.seed: Input should be less than"),
        (("split", "validation"), 0.5, "split.validation: Input should be less than 0.5"),
        (("split", "test"), 0, "split.test: Input should be greater than 0"),
        (("photos", "longest_side"), 10, "photos.longest_side: Input should be greater than or equal to 64"),
        (("photos", "hash_distance"), 257, "photos.hash_distance: Input should be less than or equal to 256"),
        (("embed", "workers"), 0, "embed.workers: Input should be greater than or equal to 1"),
        (("embed", "vgg"), "big", "embed.vgg: Input should be a valid dictionary"),
        (("train", "folds"), 1, "train.folds: Input should be greater than or equal to 2"),
        (("evaluate", "milliseconds"), 0, "evaluate.milliseconds: Input should be greater than 0"),
        (("index", "extractor"), "hog", "index.extractor: Extra inputs are not permitted"),
        (("index", "codec"), "int4", "index.codec: Input should be 'flat' or 'fp16'"),
        (("index", "known_kept"), 1.5, "index.known_kept: Input should be less than or equal to 1"),
        (("index",), None, "index: Input should be a valid dictionary"),
    ],
)
def test_a_key_or_value_that_does_not_fit_is_named(tmp_path, keys, value, named):
    assert fault(changed(tmp_path / "params.yaml", *keys, value=value)).startswith(named)


def test_every_fault_is_named_at_once(tmp_path):
    path = changed(tmp_path / "params.yaml", "split", value={"seed": "x", "min_photos": 0})
    message = fault(path)
    assert "split.seed: " in message
    assert "; split.min_photos: " in message


def test_a_missing_section_is_named(tmp_path):
    loaded = yaml.safe_load(PROJECTS_OWN.read_text(encoding="utf-8"))
    del loaded["bundle"]
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(loaded))
    assert fault(path) == "bundle: Field required"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "Input should be a valid dictionary"),
        (b"- a list\n", "Input should be a valid dictionary"),
        (b"split: [1, 2\nembed: 3\n", "not valid YAML: "),
        (b"a: b: c\n", "not valid YAML: "),
        (b"split: \xff\xfe\n", "not valid YAML: "),
        (b"split: !!python/object/apply:os.system ['true']\n", "not valid YAML: "),
    ],
)
def test_a_file_that_is_no_params_yaml_is_one_line(tmp_path, content, named):
    path = tmp_path / "params.yaml"
    path.write_bytes(content)
    assert fault(path).startswith(named)


def test_a_missing_file_says_what_to_do(tmp_path):
    assert "there is no params.yaml; run from the repository" in fault(tmp_path / "params.yaml")


def test_a_folder_in_its_place_is_one_line_too(tmp_path):
    assert fault(tmp_path).startswith("cannot be read")
