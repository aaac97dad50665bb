"""Marks of gender and age: read off a title, a field or the shop's collections."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sneakers_ml.catalogue.cleaning.phrases import parts_of_address
from sneakers_ml.catalogue.cleaning.title import Title

__all__ = ["Marks", "gender_of_field", "marks_of_places", "take_off_edge_marks", "take_off_marks"]

_WOMEN = r"wmn'?s|womens?'?|women's|woman(?:'s)?|ladies'?"
_MEN = r"mens|men's|men'|men"
_BABY = r"bab(?:y|ies)(?:'?s)?"
_SMALL = rf"(?:{_BABY}|toddlers?|infants?|(?:little\s+)?kids?)"
_JOINED = r"\s*(?:[&/+,]|and\b)\s*"
_KIDS = (
    rf"{_SMALL}(?:{_JOINED}{_SMALL})+"
    rf"|{_BABY}(?=\s+(?:shoe|sneaker|trainer|crib|boot|boy|girl))|(?<=[-–|]\s){_BABY}(?=\s*$)|child(?:'s|ren(?:'?s'?)?)"
    r"|kids'?|kid's|(?:little|big|older)\s+kids?'?|toddlers?'?|infants?'?|grade\s*school|pre-?\s?school|juniors'?"
)
"""A baby is none by itself: "Baby Blue", "Baby Milo"."""
_BOYS, _GIRLS = r"boys'?|boy's", r"girls'?|girl's"
_ANYWHERE = re.compile(
    rf"(?<![\w'-])(?:(?P<women>{_WOMEN}|{_GIRLS})|(?P<men>{_MEN}|{_BOYS})|(?P<unisex>unisex)|(?P<kids>{_KIDS}))(?![\w-]|'\w)",
    re.IGNORECASE,
)
_SIZE = r"(?:(?:GS|PS|TD)V?|PSE)"
_SIZES = re.compile(rf"(?<![\w'./-])(?P<kids>{_SIZE}(?:\s?[/&]\s?{_SIZE})*)(?![\w'./-])")
_BETWEEN = re.compile(r"\s*[&+/,|-]\s*")
"""What joins two marks: "Men's & Women's"."""
_BRACKETS = re.compile(
    r"[(\[]\s*(?:(?P<women>wmns|womens|women's|women|w)|(?P<men>mens|men's|men|m)|(?P<unisex>unisex|u)|"
    r"(?P<kids>(?:gs|ps|td|bg|bp|bt|gp|gt)[ve]?(?:\s?[/&,]\s?(?:gs|ps|td|bg|bp|bt|gp|gt)[ve]?)*|"
    r"kids?|junior|jr|infants?|toddlers?|baby|babies|children|youth|i|c|y))\s*[)\]]",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[\s\-–|]*(?:(?P<women>W|woman)|(?P<men>M|man)|(?P<kids>kid|junior|youth))(?=\s)", re.IGNORECASE)
_LAST = re.compile(
    r"(?<=\s)(?:(?P<women>W|woman)|(?P<men>M|man)|(?P<kids>J|jr\.?|kid|junior|youth))[\s,\-–|]*$", re.IGNORECASE
)
_NAMES = re.compile(
    r"\b(?:(?:boys|girls|kids?|children|youth|m[ae]n|wom[ae]n|ladies) of|ladies night"
    r"|(?:boys|girls) (?:club|don['\s]?t|cry|are|got|gone|generation|just|like|love|rule|talk)"
    r"|(?:billionaire|lost|fly|beach|bad|hot|rude|wild|backstreet|beastie|pet shop|the) boys(?!')"
    r"|(?:spice|fly|powerpuff|mean|golden|gilmore|bad|city|riot|cover|the) girls(?!')"
    r"|(?:sour|cabbage) patch kids|garbage pail kids|(?:cry|ice|bad|rock) baby"
    r"|kids (?:see ghosts|on the block|in the hall)"
    r"|kid (?:cudi|robot|super|ink|laroi|rock|mero|creole|koala|buu)|(?:the|karate|sundance|cisco) kid"
    r"|junior (?:clarke|gong|reid|seau|m\.?a\.?f)"
    r"|(?:griffey|neymar|beckham|tatis|hardaway|downey|vin[ií]cius|vini|acu[nñ]a|roy jones|ripken|guerrero),? jr"
    r"|(?:sky|dr\.?|cool|kool) j"
    r"|(?<!for )men in black|men at work|mad men|boyz ii men"
    r"|(?:iron|spider|super|bat|ant|aqua|rocket|mega|pac|burning|the) man|man (?:city|united|utd|ray|on the moon)"
    r"|(?:wonder|cat|pretty) woman"
    r"|ps (?:by )?paul smith|gs warriors"
    r"|(?:vapor(?! max)|alpha|untouchable|savage|superbad|strike|shark|cleats?)\b[^()]{0,60} td)\b",
    re.IGNORECASE,
)
"""Names of people, brands and models in which such words mark nobody; TD is a football boot's or a spike's, too."""
_LONGEST_NAME = 80
_MOST = 4
"""Letters that are marks at one end of a title."""
_OF_FIELDS = {
    "women": (
        r"wom[ae]ns?(?:wear)?|wmn?s|lad(?:y|ies|ys)|females?|hers?"  # English
        r"|damen\w*|frau(?:en)?|weiblich|fue?r sie"  # German
        r"|femmes?|feminin(?:e|es|s)?|pour elles?"  # French
        r"|donn[ae]|femminil[ei]|femmin[ae]|per lei"  # Italian
        r"|mujer(?:es)?|femenin[oa]s?|damas?|senoras?|chicas?|para ellas?"  # Spanish
        r"|dames|vrouw(?:en)?|vrouwelijk|voor haar"  # Dutch
        r"|damsk\w+|kobie[tc]\w*|pani[ae]?|dla niej"  # Polish
        r"|женск\w+|женщин\w*|жен|девуш\w+|для нее"  # Russian
        r"|feminin[oa]s?|mulher(?:es)?"  # Portuguese
        r"|dam(?:e|er)?|kvinn(?:a|or|er)|kvinder?"  # Swedish, Danish, Norwegian
    ),
    "men": (
        r"m[ae]ns?(?:wear)?|males?|gents?|gentlem[ae]ns?|him|his"
        r"|herren\w*|mann|maenner|manner|mannlich|maennlich|fue?r ihn"
        r"|hommes?|masculin(?:e|es|s)?|pour lui"
        r"|uom(?:o|ini)|maschil[ei]|masch(?:i|io)|per lui"
        r"|hombres?|masculin[oa]s?|caballeros?|chicos?|varon(?:es)?|para (?:el|ellos)(?=\W*$)"
        r"|heren|mannen|mannelijk|voor hem"
        r"|mesk\w+|mezczyzn\w*|pan(?:a|ow|owie)|dla niego"
        r"|мужск\w+|мужчин\w*|муж|для него"
        r"|home(?:m|ns)"
        r"|herr(?:er?)?|maend|menn"
    ),
    "unisex": r"unise(?:xe?|ks)|унисекс|all genders?|gender[- ]?less|neutral|mixte|mixto|misto|every(?:one|body)",
    "kids": (
        r"kids?(?:wear)?|child(?:s|rens?)?|toddlers?|infants?|bab(?:y|ies|ys)|newborns?|youths?|juniors?|jr|tw?een(?:s|agers?)?"
        r"|(?:pre|grade)[- ]?school\w*|gs|ps|td"
        r"|kind(?:er\w*)?|kleinkind(?:er)?|jugend\w*|sae?ugling\w*|teenies?"
        r"|enfants?|bebes?|ados?|adolescent(?:s|es?|i)?|nourrissons?|tout[- ]?petits?"
        r"|infantil(?:es)?|juvenil(?:es)?"
        r"|peuters?|kleuters?|jeugd|tieners?"
        r"|dzieci\w*|dziecko|niemowl\w+|mlodziez\w*|junior(?:zy|ow|ski\w*)|nastolat\w+"
        r"|детск\w+|дет(?:и|ям|еи)?|новорожд\w+|(?:до)?школьн\w+|ребен\w+|малыш\w*|младен\w+|подростк\w+"
        r"|criancas?"
        r"|barn|born"
    ),
    "boys": (
        r"boys?|jung(?:en?|s)|knaben?|garcons?|ragazzo|nino|jongens?|chlop\w+|мальчик\w*|meninos?|pojk(?:e|ar)|drenge?"
    ),
    "girls": (
        r"girls?|madchen|maedchen|fill(?:es?|ettes?)|bambin[ae]|bimb[ae]|neonat[ae]|ragazz[ae]|ninas?|meisjes?|dziewcz\w+|девоч\w+"
        r"|meninas?|flick(?:a|or)|piger?"
    ),
    "boys_or_kids": r"bambin[oi]|bimb[oi]|neonat[oi]|ragazzi|ninos",
}
"""How shops name who wears a shoe, in small letters without accents."""
_FIELD = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _OF_FIELDS.items())})(?![^\W\d_])"
)
_LETTERS = {"w": "women", "f": "women", "d": "women", "ж": "women", "m": "men", "h": "men", "м": "men", "u": "unisex"}
_LETTERS |= dict.fromkeys("kjyic", "kids")
"""What letters mean in a field of nothing else: Women, Femme, Damen; Men, Homme, Herren; Kid, Junior, Youth, Infant."""
_UNACCENTED = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "ß": "ss", **dict.fromkeys("'’‘`´ʼ", None)})
_PLACE = re.compile(
    r"(?<![a-z])(?:(?P<women>women|womens|wmns|woman|ladies|female|damen|dames|femmes?|donna|mujer(?:es)?)|"
    r"(?P<men>men|mens|man|male|herren|heren|hommes?|uomo|hombres?)|(?P<unisex>unisex)|"
    r"(?P<kids>kids?|junior|children|toddlers?|infants?|boys?|girls?|gs|youth|kinder|enfants?|bambin[oi]|ninos?))(?![a-z])"
)
_SLUG = re.compile(
    r"(?<![a-z\d])(?:(?P<women>wmns|womens|women)|(?P<men>mens)|(?P<unisex>unisex)|"
    r"(?P<kids>gs|ps|td|kids|infants?|toddlers?))(?![a-z\d])"
)


@dataclass
class Marks:
    """Marks found so far."""

    genders: set[str]
    kids: bool = False

    @property
    def gender(self) -> str | None:
        """The one gender that is named; "unisex" where several are."""
        return min(self.genders, default=None) if len(self.genders) < 2 else "unisex"


def take_off_marks(title: Title, marks: Marks) -> None:
    """Cut the marks that may stand anywhere: (WMNS), Men's, Kids, GS. Letters alone count in brackets only.

    PS and TD are none beside an adults' mark: "Carbon Fly 2 TD - Men's". What joins two marks goes with them.
    """
    taken = []
    for pattern in (_BRACKETS, _ANYWHERE, _SIZES):
        for match in list(pattern.finditer(title.rest)):
            adults = match.group() in {"PS", "TD"} and marks.genders & {"men", "women"} and not marks.kids
            if not adults and not _is_named(title, match):
                _take(title, match, marks)
                taken.append(match.span())
    taken.sort()
    for (_, end), (start, _) in pairwise(taken):
        if end < start and _BETWEEN.fullmatch(title.rest, end, start):
            title.cut(end, start, "gender")


def take_off_edge_marks(title: Title, marks: Marks) -> None:
    """Cut W, M, MAN and their like at the beginning and the end of what is left, where they can be nothing else."""
    for find in (_FIRST.match, _LAST.search):
        for _ in range(_MOST):
            match = find(title.rest) if len(title.words) > 1 else None
            if match is None or _is_named(title, match):
                break
            _take(title, match, marks)


def _is_named(title: Title, mark: re.Match[str]) -> bool:
    """Whether a mark is but a word of a name."""
    names = _NAMES.finditer(title.text, max(0, mark.start() - _LONGEST_NAME), mark.end() + _LONGEST_NAME)
    return any(name.start() < mark.end() and mark.start() < name.end() for name in names)


def _take(title: Title, match: re.Match[str], marks: Marks) -> None:
    kind = str(match.lastgroup)
    if kind == "kids":
        marks.kids = True
    else:
        marks.genders.add(kind)
        marks.kids = marks.kids or re.search(r"boy|girl", match.group(), re.IGNORECASE) is not None
    title.cut(match.start(), match.end(), "age" if kind == "kids" else "gender")


def gender_of_field(text: str | None) -> Marks:
    """What a shop's own gender or age field says: "Men", "womens", "Herren", "niña", "Women, Kids", "U".

    Boys are men's kids, girls women's. "All" is unisex, "Adult" tells nothing.
    """
    plain = unicodedata.normalize("NFKD", (text or "").casefold()).translate(_UNACCENTED)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = re.findall(r"[^\W\d_]+", plain)
    kinds = {str(match.lastgroup) for match in _FIELD.finditer(plain)}
    if words and max(map(len, words)) == 1:
        kinds = {_LETTERS[word] for word in words if word in _LETTERS}
    elif words == ["all"]:
        kinds = {"unisex"}
    girls = "girls" in kinds
    boys = "boys" in kinds or ("boys_or_kids" in kinds and girls)
    genders = kinds & {"women", "men", "unisex"} | ({"men"} if boys else set()) | ({"women"} if girls else set())
    return Marks(genders, kids=not kinds <= {"women", "men", "unisex"})


def marks_of_places(collections: Iterable[str], url: str | None) -> Marks:
    """What the collections and the address say that hold a listing.

    Kids only where no place is for adults: grade-school sizes stand among women's shoes too. In the address's own last
    part only the trade's marks count ("wmns-nike-air-rift"), for the rest of it may be any words.
    """
    folders, slug = parts_of_address(url)
    kinds: set[str] = set()
    for pattern, text in (*((_PLACE, place) for place in (*collections, folders)), (_SLUG, slug)):
        if pattern.search(text.lower()):
            without_names = _NAMES.sub(" ", re.sub(r"[-_]", " ", text.lower()))
            kinds |= {str(match.lastgroup) for match in pattern.finditer(without_names)}
    adults = kinds - {"kids"}
    return Marks(adults, kids="kids" in kinds and not adults)
