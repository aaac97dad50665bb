"""Crawls as DVC holds them. Each stage's command is replaced by one that leaves a mark: no mark, no crawl."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
import yaml

from sneakers_ml.errors import DataError, SneakersError, UsageError
from sneakers_ml.workspace.crawl_tracking import is_demos, track_crawls
from sneakers_ml.workspace.paths import PROJECT_ROOT, Workspace

AFTER = """\
stages:
  after:
    cmd: ls data/raw > after.txt
    deps: [data/raw]
    outs: [after.txt]
"""


def crawled(root, shop, text="one"):
    """What a crawl leaves in a workspace."""
    folder = root / "data" / "raw" / shop
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    (folder / "listings.jsonl").write_text(text)
    (folder / "photos" / "0.jpg").write_bytes(b"\xff\xd8" + text.encode())


def dvc(root, *arguments):
    """Exit code and all that DVC said."""
    command = [sys.executable, "-m", "dvc", *arguments]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def stages(root):
    return yaml.safe_load((root / "crawl" / "dvc.yaml").read_text())["stages"]


def saved(root, shop):
    """Hash of the shop's folder as DVC saved it."""
    lock = yaml.safe_load((root / "crawl" / "dvc.lock").read_text())
    return lock["stages"][f"pull-or-crawl-{shop}"]["outs"][0]["md5"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with a crawl of superkicks, whose stage would leave a mark if it ran."""
    root = tmp_path_factory.mktemp("made")
    assert dvc(root, "init", "--no-scm", "--quiet")[0] == 0
    (root / "dvc.yaml").write_text(AFTER)
    crawled(root, "superkicks")
    assert track_crawls(Workspace(root), ["superkicks"], environment={})
    file = root / "crawl" / "dvc.yaml"
    text = file.read_text()
    assert "cmd: sneakers --workspace . crawl superkicks\n" in text
    file.write_text(text.replace("sneakers --workspace . crawl superkicks", "touch mark"))
    return root


@pytest.fixture
def root(made, tmp_path):
    return shutil.copytree(made, tmp_path / "ws", dirs_exist_ok=True)


class TestTracking:
    def test_a_crawl_is_saved_as_a_directory_by_a_frozen_stage(self, made):
        stage = stages(made)["pull-or-crawl-superkicks"]
        assert stage["frozen"] is True
        assert stage["outs"] == [{"data/raw/superkicks": {"persist": True}}]
        assert saved(made, "superkicks").endswith(".dir")
        digest = saved(made, "superkicks")
        assert (made / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:]).is_file()

    def test_another_shop_joins_and_a_second_crawl_is_saved_anew(self, root):
        before = saved(root, "superkicks")
        crawled(root, "superkicks", "two")
        crawled(root, "footshop")
        assert track_crawls(Workspace(root), ["superkicks", "footshop"], environment={})
        assert list(stages(root)) == ["pull-or-crawl-footshop", "pull-or-crawl-superkicks"]
        assert stages(root)["pull-or-crawl-superkicks"]["cmd"] == "touch mark"  # what its owner changed stays
        assert saved(root, "superkicks") != before
        assert (root / "crawl" / "dvc.yaml").read_text().startswith("# Shops that were crawled")

    @pytest.mark.parametrize("reason", ["within a stage", "no DVC", "nothing crawled"])
    def test_there_is_nothing_to_do(self, tmp_path, reason):
        if reason != "no DVC":
            (tmp_path / ".dvc").mkdir()
        environment = {"DVC_STAGE": "dvc.yaml:crawl"} if reason == "within a stage" else {}
        shops = [] if reason == "nothing crawled" else ["superkicks"]
        assert not track_crawls(Workspace(tmp_path), shops, environment)
        assert not (tmp_path / "crawl").exists()

    @pytest.mark.parametrize("content", ["- a list\n", "stages: [a]\n", "a: [\n", "stages: 3\n"])
    def test_a_file_that_is_no_pipeline(self, tmp_path, content):
        (tmp_path / ".dvc").mkdir()
        (tmp_path / "crawl").mkdir()
        (tmp_path / "crawl" / "dvc.yaml").write_text(content)
        crawled(tmp_path, "superkicks")
        with pytest.raises(DataError, match="not a pipeline of DVC; remove it"):
            track_crawls(Workspace(tmp_path), ["superkicks"], environment={})
        assert (tmp_path / "crawl" / "dvc.yaml").read_text() == content

    def test_a_shop_that_left_nothing_gets_no_stage(self, root):
        with pytest.raises(DataError, match="data/raw/footshop: nothing is there to save"):
            track_crawls(Workspace(root), ["footshop"], environment={})
        assert list(stages(root)) == ["pull-or-crawl-superkicks"]

    def test_what_dvc_refuses_is_said(self, root):
        crawled(root, "footshop")
        (root / ".dvc" / "config").write_text("[core\n")
        with pytest.raises(SneakersError, match=r"^crawled, but not saved for `dvc push`.*config") as raised:
            track_crawls(Workspace(root), ["footshop"], environment={})
        assert "\n" not in str(raised.value)

    def test_a_name_that_is_no_shops(self, root):
        crawled(root, "x; touch mark")
        with pytest.raises(UsageError, match="small letters"):
            track_crawls(Workspace(root), ["x; touch mark"], environment={})


class TestReproducing:
    def test_it_takes_the_crawl_as_it_is_and_never_runs_it(self, root):
        code, said = dvc(root, "repro")
        assert code == 0, said
        assert (root / "after.txt").read_text() == "superkicks\n"
        crawled(root, "superkicks", "two")
        before = saved(root, "superkicks")
        code, said = dvc(root, "repro", "--force")
        assert code == 0, said
        assert saved(root, "superkicks") != before  # a crawl that was not saved is saved now
        assert not (root / "mark").exists()

    @pytest.mark.parametrize(
        "options", [(), ("--force",), ("--single-item", "crawl/dvc.yaml:pull-or-crawl-superkicks")]
    )
    def test_what_is_missing_fails_and_says_what_to_do(self, root, options):
        shutil.rmtree(root / "data" / "raw" / "superkicks")
        code, said = dvc(root, "repro", *options)
        assert code != 0
        assert "failed to reproduce 'crawl/dvc.yaml:pull-or-crawl-superkicks'" in said
        assert "missing data 'source': data/raw/superkicks" in said
        assert not (root / "mark").exists()
        assert not (root / "after.txt").exists()

    def test_a_stage_that_is_not_frozen_does_run(self, root):
        """The mark is a fair witness."""
        file = root / "crawl" / "dvc.yaml"
        file.write_text(file.read_text().replace("frozen: true", "frozen: false"))
        dvc(root, "repro", "--single-item", "crawl/dvc.yaml:pull-or-crawl-superkicks")
        assert (root / "mark").exists()


@pytest.mark.slow
class TestManyCrawlers:
    def test_crawls_that_end_at_once_are_all_saved(self, root):
        shops = ["footshop", "kickscrew", "sneakerbaas"]
        for shop in shops:
            crawled(root, shop)
        code = (
            "import sys, pathlib; from sneakers_ml.workspace.crawl_tracking import track_crawls;"
            "from sneakers_ml.workspace.paths import Workspace;"
            "track_crawls(Workspace(pathlib.Path(sys.argv[1])), sys.argv[2:], {})"
        )
        running = [subprocess.Popen([sys.executable, "-c", code, str(root), shop]) for shop in shops]
        assert [process.wait() for process in running] == [0, 0, 0]
        assert sorted(stages(root)) == [f"pull-or-crawl-{shop}" for shop in [*shops, "superkicks"]]
        assert all(saved(root, shop).endswith(".dir") for shop in shops)

    def test_what_hosts_have_pushed_comes_together(self, tmp_path):
        for host, shop in (("one", "footshop"), ("two", "kickscrew"), ("all", None)):
            (tmp_path / host).mkdir()
            assert dvc(tmp_path / host, "init", "--no-scm", "--quiet")[0] == 0
            assert dvc(tmp_path / host, "remote", "add", "--default", "shared", tmp_path / "remote")[0] == 0
            if shop:
                crawled(tmp_path / host, shop, shop)
                assert track_crawls(Workspace(tmp_path / host), [shop], environment={})
                assert dvc(tmp_path / host, "push")[0] == 0
                shutil.copytree(tmp_path / host / "crawl", tmp_path / f"crawl-{host}")
        for host in ("one", "two"):
            shutil.move(tmp_path / f"crawl-{host}", tmp_path / "all")
        (tmp_path / "all" / "dvc.yaml").write_text(AFTER)
        code, said = dvc(tmp_path / "all", "pull", "crawl-one/dvc.yaml", "crawl-two/dvc.yaml")
        assert code == 0, said
        code, said = dvc(tmp_path / "all", "repro")
        assert code == 0, said
        assert (tmp_path / "all" / "after.txt").read_text() == "footshop\nkickscrew\n"


def test_the_project_keeps_its_demo():
    assert is_demos(Workspace(PROJECT_ROOT))
    assert not track_crawls(Workspace(PROJECT_ROOT), ["superkicks"], environment={})


def test_any_other_folder_will_do(tmp_path):
    assert not is_demos(Workspace(tmp_path))
