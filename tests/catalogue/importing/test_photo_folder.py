from __future__ import annotations

from pathlib import Path

import pytest

from sneakers_ml.catalogue.importing.photo_folder import PhotoFolder

COMPOSED, DECOMPOSED = "ol\u00e9.jpg", "ole\u0301.jpg"


def found(root: Path, file: str, *names: str) -> list[str]:
    """What `file` may mean in a folder of such names."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return [path.relative_to(root).as_posix() for path in PhotoFolder(root).find(file)]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (COMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED),
        ("a1.jpg", "A1.JPG"),
        ("sub/B1.JPG", "Sub/b1.jpg"),
        ("sub/b1.jpg", r"sub\b1.jpg"),  # as an archive made elsewhere is unpacked
        ("a/sub/b1.jpg", r"a/sub\B1.jpg"),
        (f"{COMPOSED}/1.jpg", f"{DECOMPOSED}/1.jpg"),
        ("STRASSE.jpg", "straße.jpg"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(tmp_path: Path, file: str, name: str) -> None:
    assert found(tmp_path, file, name, "other.jpg") == [name]


def test_the_exact_name_goes_first(tmp_path: Path) -> None:
    assert found(tmp_path, "a1.jpg", "a1.jpg", "A1.JPG") == ["a1.jpg"]
    assert found(tmp_path, COMPOSED, DECOMPOSED, "OLE\u0301.jpg") == [DECOMPOSED]


def test_several_that_fit_are_all_told(tmp_path: Path) -> None:
    assert found(tmp_path, "A1.jpg", "a1.jpg", "A1.JPG") == ["A1.JPG", "a1.jpg"]


def test_where_there_is_none_the_path_itself_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "sub/a1.jpg", "sub/b1.jpg") == ["sub/a1.jpg"]
