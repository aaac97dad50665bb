from __future__ import annotations

import string
from importlib.util import find_spec
from types import SimpleNamespace

import open_clip
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from sneakers_ml.embedding.clip_tokenizer import convert, convert_tokenizer
from sneakers_ml.errors import ParamsError, ParityError

OWN = open_clip.get_tokenizer("ViT-B-32")
LETTERS = string.ascii_letters + string.digits + string.punctuation + " \t\né ñçüößŁабвгдежёЁЖ東京½™®👟"


@pytest.fixture(scope="module")
def converted():
    return Tokenizer.from_str(convert_tokenizer("ViT-B-32", ["nike"], "embed.open_clip.model").to_str())


class TestBytePairs:
    @pytest.mark.parametrize(
        "text",
        [
            "Nike Air Max 90",
            "blue suede low top",
            "café crème señor Björk naïve Łódź",
            "cafe\u0301",
            "it's don't we'll I'm they've he'd you're",
            "O'Neill's 'Black/University Red'",
            "550 2002R 327 dd1391-100 9,99 €",
            "Синие кроссовки Найк, чёрные ЁЖ",
            "東京 ٣ ½ x²",
            "off-white™ x nike® 👟👟",
            "!!! -- ... ???",
            "tie-dye low_top a_b",
            "\tnew\nline\r\n  spaces  ",
            "हिन्दी αβγ ΔΩ ß STRAẞE",
            "x" * 300,
            "word " * 100,
            "a " * 75,
            "a " * 76,
            "",
            "   ",
        ],
    )
    def test_a_text_gets_the_ids_that_open_clip_gives_it(self, converted, text):
        assert converted.encode(text).ids == OWN([text])[0].tolist()

    def test_any_text_does(self, converted):
        @given(st.text(st.sampled_from(LETTERS), max_size=120))
        def check(text):
            assert converted.encode(text).ids == OWN([text])[0].tolist()

        check()

    def test_start_end_context_and_padding_come_along(self, converted):
        ids = converted.encode("nike").ids
        assert (len(ids), ids[0], ids[2]) == (77, 49406, 49407)
        assert set(ids[3:]) == {0}
        assert converted.encode("nike " * 99).ids[-1] == 49407


WORDS = {"<pad>": 0, "</s>": 1, "<unk>": 2, "nike": 3, "air": 4, "tie": 5, "tiedye": 6}


class Hub:
    """As open_clip's HFTokenizer: one of `transformers` behind a cleaning, here of a few words, with no start."""

    def __init__(self, context=6, differs=False):
        backend = Tokenizer(WordLevel(WORDS, unk_token="<unk>"))
        backend.pre_tokenizer = Whitespace()
        backend.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
        self.tokenizer = SimpleNamespace(backend_tokenizer=backend, pad_token_id=0, pad_token="<pad>")
        self.context_length, self._differs = context, differs

    def __call__(self, texts):
        """By hand: canonical words, cut before the end, filled up."""
        rows = []
        for text in texts:
            cleaned = "".join(letter for letter in text.replace("_", " ") if letter not in string.punctuation)
            ids = [WORDS.get(word, 2) for word in cleaned.lower().split()][: self.context_length - 1]
            rows.append([*ids, 1] + [7 * self._differs] * (self.context_length - 1 - len(ids)))
        return torch.tensor(rows)


TEXTS = ("Nike, Air!", "nike_air", "tie-dye TIE", "", "nike " * 9, "  what\tis  this ")


class TestBackend:
    def test_it_is_taken_as_it_is_behind_the_cleaning_of_siglip(self):
        converted = convert(Hub(), "canonicalize", TEXTS, "siglip")
        assert converted.encode("Nike, Air!").ids == [3, 4, 1, 0, 0, 0]
        assert converted.encode("tie-dye TIE").ids == [6, 5, 1, 0, 0, 0]
        assert converted.encode("nike " * 9).ids == [3, 3, 3, 3, 3, 1]

    def test_one_that_does_more_than_can_be_converted_is_refused(self):
        with pytest.raises(ParityError, match=r"^setting: siglip cannot be converted; it differs on 'Nike, Air!'$"):
            convert(Hub(differs=True), "canonicalize", TEXTS, "setting: siglip")

    def test_another_cleaning_than_its_own_is_told(self):
        with pytest.raises(ParityError, match="cannot be converted"):
            convert(Hub(), None, TEXTS, "siglip")


class TestNotAtHand:
    @pytest.mark.skipif(find_spec("transformers") is not None, reason="transformers is installed")
    def test_a_library_that_is_not_there_is_named(self):
        with pytest.raises(ParamsError, match=r"the tokenizer of ViT-B-16-SigLIP needs transformers; pip install"):
            convert_tokenizer("ViT-B-16-SigLIP", TEXTS, "embed.open_clip.model")

    def test_a_place_that_does_not_give_it_is_one_line(self, tmp_path):
        place = f"local-dir:{tmp_path}/no\nfolder"
        with pytest.raises(ParamsError, match=r"is not at hand \(Directory .* not found .*no folder\); choose a model"):
            convert_tokenizer(place, TEXTS, "setting")

    def test_a_damaged_one_is_too(self, tmp_path):
        (tmp_path / "open_clip_config.json").write_text("{")
        with pytest.raises(
            ParamsError, match=r"^params\.yaml: setting: .* is not at hand \(Could not load valid config"
        ):
            convert_tokenizer(f"local-dir:{tmp_path}", TEXTS, "setting")
