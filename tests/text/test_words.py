"""words.yaml, the file that people edit."""

from __future__ import annotations

import re
from collections import defaultdict
from importlib.resources import files

import pytest
import yaml

from sneakers_ml.text.lexicon import Meaning, Term, lexicon, stem

TEXT = (files("sneakers_ml.text") / "words.yaml").read_text(encoding="utf-8")
FILE = yaml.safe_load(TEXT)
SECTIONS = "colours", "kinds", "materials", "uses", "wearers"
TERMS = [Term(section, name) for section in SECTIONS for name in FILE[section]]


def entry(term):
    return FILE[term.section][term.name]


def phrases():
    """Every phrase of the file with the entry that it stands in."""
    for term in TERMS:
        yield term.name, term
        for texts in entry(term).values():
            yield from ((text, term) for text in texts)
    for name, spellings in FILE["names"].items():
        yield from ((text, name) for text in spellings)
    yield from ((text, "ignored") for text in FILE["ignored"])


def repeated_keys(node):
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        yield from (key for key in keys if keys.count(key) > 1)
        for _, value in node.value:
            yield from repeated_keys(value)


def test_no_key_stands_twice():
    """Of two entries under one key YAML would keep the last."""
    assert list(repeated_keys(yaml.compose(TEXT, yaml.SafeLoader))) == []


def test_no_phrase_stands_in_two_entries():
    entries = defaultdict(set)
    for phrase, where in phrases():
        entries[re.sub(r"[\W_]+", " ", phrase.lower()).replace("ё", "е")].add(where)
    assert {phrase: found for phrase, found in entries.items() if len(found) > 1} == {}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_phrase_of_a_term_is_read_as_that_term(term):
    words = tuple(stem(word) for word in re.findall(r"\w+", term.name))
    texts = entry(term)
    for text in (term.name, *texts.get("en", [])):
        assert lexicon().read(text) == [Meaning(tuple(map(stem, text.replace("-", " ").split())), term)], text
    for text in texts.get("models", []):
        assert lexicon().read(text) == [*(Meaning((stem(word),), None) for word in text.split()), Meaning((), term)]
    for text in texts.get("ru", []):
        assert lexicon().read(text) == [Meaning(words, term)], text


@pytest.mark.parametrize("name", FILE["names"])
def test_every_russian_spelling_is_read_as_the_name(name):
    for spelling in FILE["names"][name]:
        assert lexicon().read(spelling) == lexicon().read(name), spelling


def test_what_is_ignored_says_nothing():
    assert lexicon().tokens(" ".join(FILE["ignored"])) == []


def test_english_is_in_latin_and_russian_in_cyrillic_letters():
    """A Latin c and a Cyrillic с look alike, and no search finds the one for the other."""
    latin, cyrillic = re.compile(r"[a-z0-9 \-]+"), re.compile(r"[а-яё ]+")
    for term in TERMS:
        english = [term.name, *entry(term).get("en", []), *entry(term).get("models", [])]
        assert [text for text in english if not latin.fullmatch(text)] == []
        assert [text for text in entry(term).get("ru", []) if not cyrillic.fullmatch(text)] == []
    assert [name for name in FILE["names"] if not latin.fullmatch(name)] == []
    assert [text for texts in FILE["names"].values() for text in texts if not cyrillic.fullmatch(text)] == []
    assert [text for text in FILE["ignored"] if not latin.fullmatch(text) and not cyrillic.fullmatch(text)] == []


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("black", "чёрный чёрная чёрное чёрные черного чёрной черных чёрным чёрными чёрную ЧЕРНЫЕ"),
        ("white", "белый белая белое белые белого белой белых белым белыми белую белоснежные молочная"),
        ("grey", "серый серая серое серые серого серой серых серыми серую серебристые серебряная графитовых"),
        ("blue", "синий синяя синее синие синего синей синих синим синими синюю голубые голубая бирюзовых"),
        ("green", "зелёный зеленая зелёное зелёные зеленых оливковая мятные салатовых изумрудная хаки"),
        ("red", "красный красная красное красные красного красной красных красным красными красную бордовая алые"),
        ("pink", "розовый розовая розовые розовых коралловая персиковых малиновые фуксия фуксии"),
        ("purple", "фиолетовый фиолетовая фиолетовые сиреневых лиловая пурпурные лавандовую"),
        ("orange", "оранжевый оранжевая оранжевые оранжевых рыжий рыжая рыжие рыжих терракотовые"),
        ("yellow", "жёлтый жёлтая желтые жёлтых золотой золотая золотые золотых лимонные горчичная"),
        ("brown", "коричневый коричневая коричневые коричневых шоколадные кофейная"),
        ("beige", "бежевый бежевая бежевые бежевых кремовые песочная телесных"),
        ("multicolour", "разноцветный разноцветная разноцветные цветные пёстрая радужных"),
        ("low top", "низкие низких низкая низкий"),
        ("high top", "высокие высоких высокая высокий хайтопы хайтопов"),
        ("slip-on", "слипоны слипонов мокасины мокасин эспадрильи"),
        ("slide", "сланцы сланцев шлёпанцы шлепанцев сандалии сандалий"),
        ("running shoe", "беговые беговых беговая бега"),
        ("football boot", "бутсы бутс футбольные футбольных шиповки футзальная"),
        ("basketball shoe", "баскетбольные баскетбольных баскетбольная"),
        ("boot", "ботинки ботинков сапоги сапогов"),
        ("leather", "кожаные кожаная кожаных кожа кожи кожу"),
        ("suede", "замшевые замшевых замша замши замшу нубук нубука"),
        ("canvas", "тканевые тканевых текстильная"),
        ("sports", "спортивные спортивная спортивных тренировочные"),
        ("men", "мужские мужская мужских мужчине мужчины мужчин"),
        ("women", "женские женская женских женщине женщины женщин девушке девушки"),
        ("kids", "детские детская детских ребёнку ребенка подростковые"),
    ],
)
def test_russian_endings_do_not_matter(term, forms):
    readings = {form: [one.term.name for one in lexicon().read(form) if one.term] for form in forms.split()}
    assert {form: names for form, names in readings.items() if names != [term]} == {}


def test_russian_words_for_a_shoe_are_ignored():
    assert lexicon().tokens("кроссовки кроссовок кроссовками кроссовках кеды кед кедов кедах обувь обуви") == []


@pytest.mark.parametrize(
    ("title", "colours", "kinds"),
    [
        ("Nike Air Jordan 1 Mid 'Black/University Red'", {"black", "red"}, {"high top"}),
        ("Air Jordan 1 Low SE", set(), {"low top"}),
        ("adidas Originals Stan Smith footwear white/green", {"white", "green"}, {"low top"}),
        ("Vans Classic Slip-On Checkerboard", set(), {"slip-on"}),
        ("Vans SK8-Hi Navy", {"blue"}, {"high top"}),
        ("Converse Chuck Taylor All Star Hi - Women's", set(), {"high top"}),
        ("Nike Mercurial Vapor 13 Academy FG", set(), {"football boot"}),
        ("adidas X 18.3 FG core black", {"black"}, {"football boot"}),
        ("Nike Air Max 90 | triple white", {"white"}, {"running shoe"}),
        ("Nike LeBron 18 'Los Angeles by Night'", set(), {"basketball shoe"}),
        ("Timberland 6 Inch Premium Boot Wheat", {"beige"}, {"boot"}),
        ("adidas Adilette Slides", set(), {"slide"}),
        ("New Balance 550 White Green", {"white", "green"}, {"low top"}),
        ("adidas yeezy boost 350 v2 'Cream White'", {"beige", "white"}, {"running shoe"}),
        ("Nike Dunk Low Retro", set(), {"low top"}),
        ("Puma RS-X tie-dye", {"multicolour"}, set()),
        ("Off-White x Nike Blazer Mid", {"white"}, {"high top"}),
    ],
)
def test_titles_tell_colours_and_kinds(title, colours, kinds):
    assert {term.name for term in lexicon().named(title, "colours")} == colours
    assert {term.name for term in lexicon().named(title, "kinds")} == kinds
