from __future__ import annotations

import unicodedata

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.gender_age import gender_of_field, marks_of_places
from tests.catalogue.cleaning.shop_rows import offer

WOMEN, MEN, UNISEX = ("women", None), ("men", None), ("unisex", None)
KIDS, BOYS, GIRLS, BOTH = (None, "kids"), ("men", "kids"), ("women", "kids"), ("unisex", "kids")
NOBODY = (None, None)
FIELDS = {
    WOMEN: [
        *(
            "women",
            "Womens",
            "Women's",
            "Women\u2019s",
            "women_s",
            "wmns",
            "W",
            "F",
            "Lady",
            "ladies",
            "female",
            "adult women",
        ),
        *("Damen", "Frauen", "Damenschuhe", "femme", "Femmes", "F\u00e9minin", "donna", "Donne", "mujer", "Mujeres"),
        *("Femmina", "Chica", "Chicas", "Panie", "Dla niej", "For Her", "F\u00fcr Sie", "Pour elle", "для неё"),
        *("Femenino", "dames", "Vrouwen", "damskie", "kobieta", "Kobiety", "Женский", "для женщин", "жен.", "Ж"),
        *("Feminino", "Mulher", "Dam", "Kvinder", "https://schema.org/Female"),
    ],
    MEN: [
        *(
            "men",
            "Mens",
            "Men's",
            "men_s",
            "M",
            "male",
            "gents",
            "Herren",
            "M\u00e4nner",
            "Herrenschuhe",
            "homme",
            "Hommes",
        ),
        *(
            "Masculin",
            "uomo",
            "Uomini",
            "hombre",
            "Hombres",
            "Masculino",
            "heren",
            "Mannen",
            "m\u0119skie",
            "M\u0119ski",
        ),
        *("Maschio", "Maschi", "Chico", "Var\u00f3n", "Panowie", "Dla niego", "For Him", "Pour lui", "Для него"),
        *("m\u0119\u017cczyzna", "dla m\u0119\u017cczyzn", "Мужской", "мужские", "муж.", "Homem", "Herr", "M\u00e6nd"),
    ],
    UNISEX: [
        *("Everyone", "Maschio/Femmina", "Panie i Panowie", "Chicos y chicas", "For Him & Her", "For Her, For Him"),
        *("unisex", "Unisexe", "Unisex Adult", "adult unisex", "U", "men/women", "Men & Women", "Mens,Womens", "M/W"),
        *("male|female", "Herren & Damen", "Homme / Femme", "Uomo, Donna", "Hombre y mujer", "Heren en dames"),
        *("Damskie/M\u0119skie", "Мужской, женский", "унисекс", "mixte", "All", "all genders", "gender neutral"),
    ],
    KIDS: [
        *(
            "Ado",
            "Ados",
            "Adolescent",
            "Adolescente",
            "Adolescenti",
            "Nourrisson",
            "Tout-petits",
            "tout petit",
            "bimbo",
        ),
        *("Neonato", "S\u00e4uglinge", "Teenager", "tweens", "Juniorzy", "Nastolatki", "дет.", "Новорожденные"),
        *("Новорождённый", "Школьники", "Дошкольники"),
        *(
            "kids",
            "Kid's",
            "child",
            "Children",
            "children's",
            "preschool",
            "Pre-School",
            "Grade School",
            "grade-school",
        ),
        *(
            "toddler",
            "Infant",
            "baby",
            "Babies",
            "youth",
            "Big Kids",
            "little kid",
            "Junior",
            "K",
            "GS",
            "Kinder",
            "Kind",
        ),
        *(
            "Kinderschuhe",
            "Jugend",
            "Kleinkinder",
            "Enfant",
            "B\u00e9b\u00e9",
            "bambino",
            "Bambini",
            "Ni\u00f1os",
            "infantil",
        ),
        *(
            "kinderen",
            "Peuters",
            "dzieci\u0119ce",
            "dla dzieci",
            "Детский",
            "дети",
            "для детей",
            "Crian\u00e7a",
            "B\u00f8rn",
        ),
    ],
    BOYS: [
        "boys",
        "Boy's",
        "Jungen",
        "jongens",
        "gar\u00e7on",
        "ni\u00f1o",
        "ragazzo",
        "ch\u0142opi\u0119ce",
        "для мальчиков",
    ],
    GIRLS: [
        *(
            "girls",
            "Girl's",
            "M\u00e4dchen",
            "meisjes",
            "fille",
            "ni\u00f1a",
            "bambina",
            "dziewcz\u0119ce",
            "для девочек",
        ),
        *("bimba", "Neonata"),
        *("Women, Kids", "Damen, Kinder", "Femme/Enfant"),
    ],
    BOTH: [
        *(
            "youth unisex",
            "Kids Unisex",
            "boys, girls",
            "Boys & Girls",
            "ni\u00f1o/ni\u00f1a",
            "Ni\u00f1os y ni\u00f1as",
        ),
        *("Bimbo/Bimba", "neonato, neonata"),
        *("Jungen & M\u00e4dchen", "Men, Women, Kids", "Мальчики и девочки"),
    ],
    NOBODY: ["", "adult", "Adults", "n/a", "Shoes", "size M", "Amsterdam", "human", "Erwachsene"],
}
NAMES = [  # each with the model and gender that are left of it
    ("Reebok Zig Kinetica II Billionaire Boys Club", "Reebok", "Zig Kinetica II Billionaire Boys Club", None),
    ("Nike SB Dunk Low x Girls Don\u2019t Cry", "Nike", "SB Dunk Low", None),
    ("Air Jordan Sky J", "Jordan", "Air Jordan Sky J", None),
    ("Converse Pro Leather Dr. J", "Converse", "Pro Leather Dr. J", None),
    ("Nike Zoom Vapor Carbon Fly 2 TD - Men's", "Nike", "Zoom Vapor Carbon Fly 2 TD", "men"),
    ("Nike Zoom Rival TD - Women's", "Nike", "Zoom Rival TD", "women"),
    ("Nike Alpha Menace Pro 3 TD", "Nike", "Alpha Menace Pro 3 TD", None),
    ("Vans x Beach Boys Old Skool", "Vans", "Old Skool", None),
    ("Puma x Powerpuff Girls Suede", "Puma", "Suede", None),
    ("adidas Kid Cudi Vadawam 326", "adidas", "Kid Cudi Vadawam 326", None),
    ("Vans Old Skool Lost Boys", "Vans", "Old Skool Lost Boys", None),
    ("Nike Mercurial Vapor Neymar Jr", "Nike", "Mercurial Vapor Neymar Jr", None),
    ("Puma Man City Future", "Puma", "Man City Future", None),
    ("adidas Harden Vol 4 Iron Man", "adidas", "Harden Vol 4 Iron Man", None),
]
MARKS = [
    ("Vans Old Skool Boys", "Vans", "men", "kids"),
    ("Nike Revolution Girls' Grade School", "Nike", "women", "kids"),
    ("Nike Air Max 90 TD", "Nike", None, "kids"),
    ("Nike Air Max 90 GS - Women's", "Nike", "women", "kids"),
    ("Nike Vapor Edge (TD)", "Nike", None, "kids"),
    ("adidas Stan Smith J", "adidas", None, "kids"),
    ("Nike Mercurial Vapor 15 Academy Jr", "Nike", None, "kids"),
    ("Nike Shoes for Men in Black", "Nike", "men", None),
    ("Boys' Toddler Vans Authentic", "Vans", "men", "kids"),
]


@pytest.mark.parametrize(("text", "wearer"), [(text, wearer) for wearer, texts in FIELDS.items() for text in texts])
def test_a_field_in_the_words_of_shops(text: str, wearer: tuple[str | None, str | None]) -> None:
    for spelt in (text, text.upper(), f" {text} ", unicodedata.normalize("NFD", text)):
        marks = gender_of_field(spelt)
        assert (marks.gender, "kids" if marks.kids else None) == wearer
    got = clean(offer("Air Max 1", "Nike", gender=text))
    assert (got.gender, got.age) == wearer


@pytest.mark.parametrize(("title", "brand", "model", "gender"), NAMES)
def test_words_of_names_are_no_marks(title: str, brand: str, model: str, gender: str | None) -> None:
    got = clean(offer(title, brand))
    assert (got.model, got.gender, got.age) == (model, gender, None)


@pytest.mark.parametrize(("title", "brand", "gender", "age"), MARKS)
def test_marks_beside_them_stay_marks(title: str, brand: str, gender: str | None, age: str | None) -> None:
    got = clean(offer(title, brand))
    assert (got.gender, got.age) == (gender, age)


def test_names_in_addresses_are_no_marks_either() -> None:
    assert not marks_of_places((), "https://shop.example/p/kids-of-immigrants-x-nike-air-max-97").kids
    assert not marks_of_places(("billionaire-boys-club",), None).kids
    assert marks_of_places(("boys-shoes",), None).kids


@pytest.mark.parametrize(
    "mark",
    [
        *("- Baby & Toddler Shoes", "Baby/Toddler", "Toddler & Baby", "- Baby Shoes", "- Baby", "(Baby)", "Children"),
        *(
            "Children's",
            "(PSV)",
            "(TDV)",
            "(PSE)",
            "(GSV)",
            "GS/PS",
            "(GS/PS)",
            "PSV",
            "Baby and Toddler",
            "Infant, Toddler",
            "Kids' & GS",
        ),
    ],
)
def test_marks_of_age_leave_the_model_alone(mark: str) -> None:
    got = clean(offer(f"Nike Dunk Low {mark}", "Nike"))
    assert (got.model, got.gender, got.age) == ("Dunk Low", None, "kids")


@pytest.mark.parametrize(
    "title", ["Nike Men's & Women's Dunk Low", "Nike Dunk Low - Men's/Women's", "Nike Dunk Low - Mens/Womens"]
)
def test_what_joins_two_marks_goes_with_them(title: str) -> None:
    got = clean(offer(title, "Nike"))
    assert (got.model, got.gender, got.age) == ("Dunk Low", "unisex", None)


@pytest.mark.parametrize("title", ["A Bathing Ape Baby Milo Sta", "Nike Dunk Low Baby Blue", "Vans Old Skool Cry Baby"])
def test_a_baby_by_itself_marks_no_age(title: str) -> None:
    assert clean(offer(title)).age is None
