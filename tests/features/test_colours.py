from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from skimage.color import rgb2lab

from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.features.colours import Colours, ColoursParams
from sneakers_ml.features.extractor import load_extractor, read_spec
from sneakers_ml.workspace.params import EmbedParams
from tests.support.corpus import draw_shoe

EXTRACTOR = Colours(lightness=6, colour=9)
NEARLY = 6e-3  # OpenCV interpolates in tables where scikit-image computes


def flat(colour, height=64, width=64):
    return np.full((height, width, 3), colour, np.uint8)


def on_ground(colour, ground=(255, 255, 255), height=64, width=64):
    """A block of one colour, half as wide and half as high as its photo."""
    photo = flat(ground, height, width)
    photo[height // 4 : -height // 4, width // 4 : -width // 4] = colour
    return photo


def histogram(photo, bins=(6, 9, 9)):
    """The shares of a vector's bins, (lightness, a*, b*)."""
    return Colours(bins[0], bins[1]).transform([photo])[0].reshape(bins).astype(np.float64) ** 2


def by_hand(colours, bins=(6, 9, 9)):
    """The shares of some pixels: bins are 1/n of 0 to 100 or -80 to 80, and the two nearest middles share a pixel."""
    shares = np.zeros(bins)
    for lab in rgb2lab(np.asarray(colours, np.float64).reshape(1, -1, 3) / 255)[0]:
        axes = []
        for value, low, high, count in zip(lab, (0, -80, -80), (100, 80, 80), bins, strict=True):
            middles = low + (np.arange(count) + 0.5) * (high - low) / count
            weights = np.maximum(
                0, 1 - abs(np.clip(value, middles[0], middles[-1]) - middles) / (middles[1] - middles[0])
            )
            axes.append(weights)
        shares += np.einsum("i,j,k->ijk", *axes)
    return shares / len(colours)


@pytest.mark.parametrize(
    "colour",
    [
        (255, 255, 255),
        (0, 0, 0),
        (128, 128, 128),
        (255, 0, 0),  # a* beyond 80
        (0, 0, 255),  # b* beyond -80
        (0, 255, 0),
        (30, 200, 90),
        (210, 180, 140),
    ],
)
@pytest.mark.parametrize("bins", [(6, 9, 9), (2, 2, 2), (5, 4, 4)])
def test_a_photo_of_one_colour_is_shared_out_to_the_nearest_bins(colour, bins):
    """A photo that is all ground has no outline: the ellipse counts, which has that colour too."""
    np.testing.assert_allclose(histogram(flat(colour), bins), by_hand([colour], bins), atol=NEARLY)


def test_white_black_and_grey_lie_in_bins_that_one_can_count():
    """Neutral is the fifth of nine bins; of six steps of lightness black is the first, white the last."""
    for colour, step in ((255, 5), (0, 0)):
        shares = histogram(flat((colour,) * 3))
        assert shares[step, 4, 4] == pytest.approx(1, abs=1e-3)
    middle = histogram(flat((119, 119, 119)))  # of lightness 50, between the third and the fourth
    assert middle[2:4, 4, 4] == pytest.approx([0.5, 0.5], abs=0.02)


@pytest.mark.parametrize("ground", [(255, 255, 255), (240, 240, 240), (30, 30, 30), (60, 160, 220)])
def test_on_a_plain_ground_only_the_shoe_counts(ground):
    np.testing.assert_allclose(histogram(on_ground((200, 40, 60), ground)), by_hand([(200, 40, 60)]), atol=NEARLY)


def test_two_colours_count_by_their_areas():
    """Three quarters of the shoe are red, one is blue."""
    photo = on_ground((200, 40, 60))
    photo[40:48, 16:48] = (40, 60, 200)
    expected = by_hand([(200, 40, 60)] * 3 + [(40, 60, 200)])
    np.testing.assert_allclose(histogram(photo), expected, atol=NEARLY)


def test_on_a_busy_ground_an_ellipse_counts():
    """Red reaches 0.85 of half the width and 0.8 of half the height; corners and edges, full of noise, don't count."""
    rows, columns = np.mgrid[-1:1:64j, -1:1:64j]
    photo = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    photo[(columns / 0.85) ** 2 + (rows / 0.8) ** 2 < 1] = (200, 40, 60)
    np.testing.assert_allclose(histogram(photo), by_hand([(200, 40, 60)]), atol=NEARLY)
    photo[0:4] = photo[-4:] = 0
    np.testing.assert_allclose(histogram(photo), by_hand([(200, 40, 60)]), atol=NEARLY)


@pytest.mark.parametrize("photo", [draw_shoe(), on_ground((9, 99, 199)), flat((1, 2, 3)), draw_shoe(900, 40, seed=3)])
def test_vectors_are_of_unit_length_and_never_below_zero(photo):
    vector = EXTRACTOR.transform([photo])[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert (vector >= 0).all()


@pytest.mark.parametrize("size", [(8, 8), (1, 64), (64, 2), (480, 640), (33, 47)])
def test_a_photo_may_be_of_any_size(size):
    np.testing.assert_allclose(histogram(flat((200, 40, 60), *size)), by_hand([(200, 40, 60)]), atol=NEARLY)


def test_size_and_mirroring_matter_little():
    shoe = draw_shoe(96, 64)
    large, mirrored = np.kron(shoe, np.ones((4, 4, 1), np.uint8)), np.ascontiguousarray(shoe[:, ::-1])
    one, other, third = EXTRACTOR.transform([shoe, large, mirrored])
    assert one @ other > 0.98
    assert one @ third > 0.98


def test_like_colours_are_more_alike_than_others():
    red, dark_red, blue, white = EXTRACTOR.transform(
        [
            on_ground(colour, (128, 128, 128))
            for colour in ((200, 30, 40), (160, 20, 35), (30, 60, 190), (245, 245, 240))
        ]
    )
    assert red @ dark_red > 0.4
    assert max(red @ blue, red @ white) < 0.05


def test_the_cosine_is_the_bhattacharyya_coefficient():
    photos = [on_ground((200, 40, 60)), on_ground((190, 60, 60))]
    one, other = EXTRACTOR.transform(photos)
    coefficient = np.sqrt(histogram(photos[0]) * histogram(photos[1])).sum()
    assert 0.1 < coefficient < 0.999
    assert one @ other == pytest.approx(coefficient, abs=1e-5)


def test_photos_stand_for_themselves():
    photos = [draw_shoe(seed=seed) for seed in range(3)]
    rows = EXTRACTOR.transform(photos)
    assert rows.shape == (3, EXTRACTOR.dim) == (3, 6 * 9 * 9)
    assert rows.dtype == np.float32
    for photo, row in zip(photos, rows, strict=True):
        np.testing.assert_array_equal(EXTRACTOR.transform([photo])[0], row)
    assert not np.array_equal(rows[0], rows[1])


@pytest.mark.parametrize("settings", [{"lightness": 1}, {"colour": 1}, {"colour": 0}, {"bins": 9}])
def test_settings_that_make_no_histogram_are_refused(settings):
    with pytest.raises(ValidationError):
        ColoursParams.model_validate(settings)


def test_what_embed_prepares_is_loaded_with_its_settings(tmp_path):
    params = EmbedParams.model_validate({"names": ["colours"], "colours": {"lightness": 3, "colour": 4}})
    spec = prepare_extractor("colours", params, tmp_path)
    assert read_spec(tmp_path) == spec
    assert (spec.dim, spec.settings, spec.graph_sha256) == (48, {"lightness": 3, "colour": 4}, None)
    shoes = [draw_shoe(), draw_shoe(seed=1)]
    np.testing.assert_array_equal(load_extractor(tmp_path).transform(shoes), Colours(3, 4).transform(shoes))


def test_the_tiny_workspaces_vectors_are_those_of_its_settings(tiny):
    rows = np.load(tiny.workspace.features / "colours.npy")
    assert rows.shape == (144, 486)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
