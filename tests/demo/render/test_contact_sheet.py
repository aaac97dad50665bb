from __future__ import annotations

import pytest
from PIL import Image

from demo import contact_sheet
from sneakers_ml.errors import DataError


def test_one_row_a_brand(demo, tmp_path):
    out = contact_sheet(demo.folder, tmp_path / "deep" / "sheet.jpg", columns=2, cell=100)
    with Image.open(out) as sheet:
        assert sheet.format == "JPEG"
        assert sheet.height == 3 * 78 + 12
        assert len(set(sheet.convert("L").get_flattened_data())) > 50
    assert [path.name for path in out.parent.iterdir()] == ["sheet.jpg"]


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"manifest\.csv: cannot be read .* `sneakers demo`"):
        contact_sheet(tmp_path, tmp_path / "sheet.jpg")
