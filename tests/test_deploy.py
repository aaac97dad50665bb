"""What Dockerfile and compose.yaml promise: no root, nothing to write to, no training libraries, no token inside."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from deploy import healthcheck
from scripts.check_image import KEPT_OUT, stages
from scripts.check_requirements import exported, image_differences
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BUILD, IMAGE = stages(ROOT / "Dockerfile")
ENVIRONMENT = dict(pair.split("=", 1) for name, rest in IMAGE if name == "ENV" for pair in rest.split())
OURS = [name for name, service in SERVICES.items() if "build" in service]

every_service = pytest.mark.parametrize("name", SERVICES)
every_own_service = pytest.mark.parametrize("name", OURS)


def in_context(path: str) -> bool:
    """Whether .dockerignore lets a file into the build: the last line that matches it or a folder above it says so."""
    included = True
    places = [path, *(str(parent) for parent in Path(path).parents if parent != Path())]
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n"):
        pattern = line.removeprefix("!")
        if line and not line.startswith("#"):
            names = [place.rpartition("/")[2] for place in places] if pattern.startswith("**/") else places
            if any(fnmatch(name, pattern.removeprefix("**/")) for name in names):
                included = line.startswith("!")
    return included


# -- Dockerfile ----------------------------------------------------------------------------------------------------


def test_both_stages_have_one_pinned_python_of_the_series_that_the_project_is_checked_with() -> None:
    bases = {rest.split()[0] for stage in (BUILD, IMAGE) for name, rest in stage if name == "FROM"}
    (base,) = bases
    match = re.fullmatch(r"python:(3\.\d+)\.\d+-slim-[a-z]+", base)
    assert match
    assert match[1] == PYPROJECT["tool"]["mypy"]["python_version"]


def test_everything_that_is_copied_exists_and_is_let_into_the_build() -> None:
    copies = [rest.split() for stage in (BUILD, IMAGE) for name, rest in stage if name == "COPY"]
    sources = [word for words in copies if "--from=build" not in words for word in words[:-1] if word[:2] != "--"]
    assert "pyproject.toml" in sources
    missing = [source for source in sources if not ((ROOT / source).exists() and in_context(source))]
    assert not missing


def test_every_package_of_the_project_is_copied() -> None:
    copied = {word for name, rest in BUILD if name == "COPY" for word in rest.split()[:-1]}
    packages = PYPROJECT["tool"]["poetry"]["packages"]
    assert {package.get("from", package["include"]) for package in packages} <= copied


@pytest.mark.parametrize("path", [".env", ".git/config", "data/raw/x.jpg", "models/serving/bundle.json", "src/.env"])
def test_secrets_and_data_stay_out_of_the_build(path: str) -> None:
    assert not in_context(path)


def test_the_image_runs_as_a_user_without_rights() -> None:
    users = [rest for name, rest in IMAGE if name == "USER"]
    assert users
    assert all(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) for user in users)


def test_the_image_is_told_nothing_when_it_is_built() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"^ARG|TOKEN|SECRET|--mount", text, flags=re.MULTILINE)


def test_every_package_is_installed_by_hash_or_without_an_index() -> None:
    installs = [part for name, rest in BUILD if name == "RUN" for part in rest.split("&&") if " install " in part]
    assert len(installs) == 4
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)


def test_the_image_has_its_health_checked() -> None:
    (check,) = [rest for name, rest in IMAGE if name == "HEALTHCHECK"]
    assert check.endswith(f'CMD ["python", "/opt/healthcheck.py", "{ENVIRONMENT["BOT_PORT"]}", "/healthz"]')


# -- locks ---------------------------------------------------------------------------------------------------------


def test_the_image_installs_what_the_lock_says() -> None:
    assert image_differences(ROOT / "poetry.lock", ROOT / "deploy") == []


def test_the_check_sees_a_missing_package_one_too_many_and_another_opencv(tmp_path: Path) -> None:
    lock = tmp_path / "poetry.lock"
    lock.write_text(
        "".join(
            f'[[package]]\nname = "{name}"\nversion = "1.0"\ngroups = ["{group}"]\n{marker}files = []\n'
            for name, group, marker in (
                ("opencv-python", "main", ""),
                ("page", "main", 'markers = \'extra == "web" or extra == "train"\'\n'),
                ("windows", "main", "markers = 'sys_platform == \"win32\"'\n"),
                ("network", "main", "markers = 'extra == \"train\"'\n"),
                ("tester", "dev", ""),
            )
        )
    )
    (tmp_path / "requirements.txt").write_text("opencv-python==1.0\npage==1.0\nwindows==1.0\n")
    (tmp_path / "opencv.txt").write_text("opencv-python-headless==1.0\n")
    assert image_differences(lock, tmp_path) == []
    (tmp_path / "requirements.txt").write_text("opencv-python==1.0\nnetwork==1.0\nwindows==1.0\n")
    (tmp_path / "opencv.txt").write_text("opencv-python-headless==1.1\n")
    assert image_differences(lock, tmp_path) == [
        "network==1.0",
        "page==1.0",
        "opencv-python-headless==1.0",
        "opencv-python-headless==1.1",
    ]


def test_no_training_or_crawling_library_is_installed() -> None:
    names = {name for name, _ in exported(ROOT / "deploy" / "requirements.txt")}
    assert "streamlit" in names
    assert "onnxruntime" in names
    assert not names & {*KEPT_OUT, "scikit-learn", "scikit-image"}
    assert not [name for name in names if name.startswith(("nvidia", "torch"))]


# -- compose.yaml --------------------------------------------------------------------------------------------------


@every_service
def test_a_service_can_write_to_nothing_and_has_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"][0].startswith("/tmp:")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "user", "network_mode", "devices"} & service.keys()


@every_service
def test_a_service_is_bounded_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert re.fullmatch(r"\d+m", service["mem_limit"])
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@every_service
def test_a_service_is_reached_from_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@every_service
def test_a_service_has_its_health_checked(name: str) -> None:
    own = SERVICES[name].get("healthcheck")
    assert own or name == "bot"  # whose check is the image's
    assert not own or not own.get("disable")


@every_own_service
def test_names_in_the_environment_are_settings(name: str) -> None:
    known = {field.upper() for field in Settings.model_fields}
    assert set(SERVICES[name]["environment"]) <= known


def test_the_bot_has_the_places_and_the_port_that_the_image_has() -> None:
    environment = SERVICES["bot"]["environment"]
    assert environment == {name: ENVIRONMENT[name] for name in environment}
    assert environment.keys() == {name for name in ENVIRONMENT if name.lower() in Settings.model_fields}


@every_own_service
def test_the_bundle_is_mounted_for_reading_by_the_folder_above_it(name: str) -> None:
    home = Path(SERVICES[name]["environment"]["SNEAKERS_HOME"])
    (models,) = [volume for volume in SERVICES[name]["volumes"] if volume["type"] == "bind"]
    assert models["target"] == str(Workspace(home).bundle.parent)
    assert models["read_only"] is True
    assert models["source"].endswith("/models")


def test_the_database_is_on_a_volume_of_the_user_s_own() -> None:
    (volume,) = [volume for volume in SERVICES["bot"]["volumes"] if volume["type"] == "volume"]
    assert volume["source"] in COMPOSE["volumes"]
    folder = str(Path(ENVIRONMENT["BOT_DATABASE"]).parent)
    assert volume["target"] == folder
    (made,) = [rest for name, rest in IMAGE if name == "RUN"]
    assert made.endswith(f"install --directory --owner sneakers --group sneakers {folder}")


def test_only_the_bot_knows_the_token() -> None:
    assert {name: service["env_file"] for name, service in SERVICES.items() if "env_file" in service} == {"bot": ".env"}
    assert "TOKEN" not in (ROOT / "compose.yaml").read_text(encoding="utf-8")


def test_the_bot_has_time_to_stop() -> None:
    seconds = re.fullmatch(r"(\d+)s", SERVICES["bot"]["stop_grace_period"])
    assert seconds
    assert int(seconds[1]) > Settings.model_fields["bot_stop"].default


def test_prometheus_asks_the_bot() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus.yaml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"bot:{ENVIRONMENT['BOT_PORT']}"]}]
    (file,) = [volume for volume in SERVICES["prometheus"]["volumes"] if volume["type"] == "bind"]
    assert (ROOT / file["source"]).is_file()
    assert f"--config.file={file['target']}" in SERVICES["prometheus"]["command"]


# -- healthcheck.py ------------------------------------------------------------------------------------------------


class Server(BaseHTTPRequestHandler):
    """200 at /well, 503 elsewhere."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


def test_200_is_well(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert healthcheck.main(port, "/well") == 0


def test_503_is_not(port: str) -> None:
    assert healthcheck.main(port, "/ill") == 1


def test_silence_is_not() -> None:
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        free = str(server.server_port)
    assert healthcheck.main(free, "/well") == 1
