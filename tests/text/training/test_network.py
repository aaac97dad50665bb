from __future__ import annotations

import numpy as np
import pytest
import torch

from sneakers_ml.text.tower import gram_ids
from sneakers_ml.text.training.network import PhotoHead, TowerNetwork

TEXTS = [["nike", "=blue"], ["nk1234"], [], ["samba", "og", "white", "=white", "adida"]]


@pytest.fixture
def tower():
    torch.manual_seed(0)
    return TowerNetwork(width=12, dim=8).eval()


def numbers(tensor):
    return tensor.detach().numpy().astype(np.float64)


def by_hand(tower, ids):
    """A text's vector: words are sums of grams over the root of their number, their mean is normed, mapped, normed."""
    grams = numbers(tower.grams.weight)
    words = [grams[[gram for gram in word if gram]].sum(axis=0) / np.sqrt(max(1, sum(word > 0))) for word in ids]
    there = [word for word, row in zip(words, ids, strict=True) if row.any()]
    mean = np.mean(there, axis=0) if there else np.zeros(grams.shape[1])
    normed = (mean - mean.mean()) / np.sqrt(mean.var() + 1e-5)
    normed = normed * numbers(tower.norm.weight) + numbers(tower.norm.bias)
    vector = numbers(tower.linear.weight) @ normed + numbers(tower.linear.bias)
    return vector / np.linalg.norm(vector)


class TestTower:
    def test_a_text_is_the_mean_of_its_words_under_a_layer(self, tower):
        ids = gram_ids(TEXTS)
        with torch.inference_mode():
            rows = tower(torch.from_numpy(ids)).numpy()
        np.testing.assert_allclose(rows, [by_hand(tower, text) for text in ids], atol=1e-5)

    def test_what_stands_beside_a_text_does_not_change_it(self, tower):
        with torch.inference_mode():
            together = tower(torch.from_numpy(gram_ids(TEXTS)))
            alone = torch.cat([tower(torch.from_numpy(gram_ids([text]))) for text in TEXTS])
        np.testing.assert_allclose(together, alone, atol=1e-6)

    def test_a_text_of_nothing_has_a_vector_of_unit_length(self, tower):
        with torch.inference_mode():
            assert tower(torch.from_numpy(gram_ids([[]]))).norm().item() == pytest.approx(1, abs=1e-5)

    def test_the_filling_learns_nothing(self, tower):
        tower(torch.from_numpy(gram_ids(TEXTS)))[:, 0].sum().backward()
        assert tower.grams.weight.grad.abs().sum() > 0
        assert not tower.grams.weight.grad[0].any()


class TestPhotoHead:
    def head(self, width=5, dropout=0.5):
        torch.manual_seed(0)
        return PhotoHead(width, hidden=16, dim=8, dropout=dropout)

    def test_rows_are_of_unit_length(self):
        rows = self.head().eval()(torch.randn(7, 5))
        assert rows.shape == (7, 8)
        torch.testing.assert_close(rows.norm(dim=1), torch.ones(7))

    def test_standardised_photos_lie_about_zero_with_numbers_of_unit_size(self):
        head, photos = self.head(), torch.randn(50, 5) * torch.tensor([1.0, 2, 3, 0, 9]) + 40
        head.standardise(photos)
        inside = (photos - head.mean) / head.scale
        torch.testing.assert_close(inside.mean(dim=0), torch.zeros(5), atol=1e-4, rtol=0)
        assert inside.pow(2).mean().item() == pytest.approx(1, abs=1e-4)

    def test_units_of_the_photos_do_not_matter_once_they_are_standardised(self):
        photos, rows = torch.randn(50, 5), []
        for scaled in (photos, photos * 1000 - 7):
            head = self.head().eval()
            head.standardise(scaled)
            rows.append(head(scaled))
        torch.testing.assert_close(rows[0], rows[1], atol=1e-3, rtol=0)

    def test_photos_that_are_all_alike_give_numbers(self):
        head, photos = self.head().eval(), torch.full((4, 5), 3.0)
        head.standardise(photos)
        assert head(photos).isfinite().all()

    def test_it_drops_numbers_only_while_it_learns(self):
        photos, head = torch.randn(3, 5), self.head()
        assert not torch.equal(head.train()(photos), head(photos))
        assert torch.equal(head.eval()(photos), head(photos))

    def test_how_photos_are_standardised_is_kept_with_the_weights(self):
        head = self.head()
        head.standardise(torch.randn(50, 5) + 40)
        other = self.head()
        other.load_state_dict(head.state_dict())
        torch.testing.assert_close(other.mean, head.mean)
        torch.testing.assert_close(other.scale, head.scale)
