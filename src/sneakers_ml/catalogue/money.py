"""Prices as people write them, and their currencies: an amount says nothing without its own.

Codes are those of ISO 4217 that are in use, or were since 2010; codes, signs and decimals as in Unicode's CLDR 46
(supplemental data and `currency_symbols` of its locales), with what shops write beside them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Money", "amounts_in", "currency_code", "currency_of_country", "lowest", "read_price"]

_CODES = frozenset("""
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR BZD CAD CDF CHF CLP
CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG
HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA
MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
UYU UZS VEF VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMK ZMW ZWG ZWL
""".split())  # fmt: skip  # noqa: SIM905 - a list takes six times the room

_SIGNS = {
    sign.upper(): code
    for code, signs in {
        "AED": "د.إ DHS", "ALL": "LEK LEKË", "AMD": "֏ ԴՐ ԴՐԱՄ DRAM", "AUD": "A$ AU$ $AU", "AZN": "₼ MANAT",
        "BAM": "KM", "BDT": "৳ TK", "BGN": "ЛВ LEV LEVA", "BHD": "د.ب BD", "BRL": "R$ BR$ REAIS", "BZD": "BZ$",
        "CAD": "C$ CA$ CDN$ CAN$ $CA", "CHF": "FR SFR FRANKEN", "CLP": "CL$", "CNY": "CN¥ RMB 元 人民币 YUAN",
        "COP": "CO$ COL$", "CRC": "₡", "CZK": "KČ KC KORUN", "DKK": "DKR", "DOP": "RD$", "DZD": "د.ج DA",
        "EGP": "ج.م E£ EG£ LE L.E جنيه", "EUR": "€ EURO EUROS ЕВРО", "FJD": "FJ$", "GBP": "£ UK£ GB£ POUND POUNDS",
        "GEL": "₾ ლარი ლ LARI",
        "GHS": "₵ GH₵", "GTQ": "Q", "HKD": "HK$ $HK", "HRK": "KN", "HUF": "FT FORINT", "IDR": "RP RUPIAH",
        "ILS": "₪ NIS ש״ח ש\"ח", "INR": "₹ RS रु रुपये", "IQD": "د.ع", "IRR": "تومان", "ISK": "IKR", "JMD": "J$ JM$",
        "JOD": "د.أ JD", "JPY": "¥ JP¥ 円 YEN", "KES": "KSH", "KGS": "СОМ", "KHR": "៛", "KRW": "₩ 원 WON",
        "KWD": "د.ك KD", "KZT": "₸ ТГ ТҢГ ТЕНГЕ ТЕҢГЕ TENGE", "LAK": "₭", "LBP": "ل.ل", "LYD": "د.ل", "MAD": "د.م",
        "MKD": "ДЕН", "MNT": "₮", "MOP": "MOP$", "MXN": "MX$ MEX$ $MX", "MYR": "RM RINGGIT", "NAD": "N$",
        "NGN": "₦ NAIRA", "NOK": "NKR", "NZD": "NZ$ $NZ", "OMR": "ر.ع", "PAB": "B/", "PEN": "S/ SOLES", "PHP": "₱",
        "PLN": "ZŁ ZL ЗЛ ZŁOTY ZŁOTYCH ZLOTY", "PYG": "₲ GS", "QAR": "ر.ق QR", "RON": "LEI", "RSD": "DIN ДИН",
        "RUB": "₽ RUR РУБ РУБЛЕЙ РУБЛЯ РУБЛЬ Р", "SAR": "ر.س SR \u20c1", "SEK": "SKR", "SGD": "S$ SG$ $SG",
        "THB": "฿ บาท BAHT",
        "TND": "د.ت DT", "TRY": "₺ TL LIRA", "TTD": "TT$", "TWD": "NT$", "TZS": "TSH", "UAH": "₴ ГРН ГРИВЕНЬ",
        "UGX": "USH", "USD": "$ US$ U$S U$ $US DOLLAR DOLLARS", "UYU": "$U", "UZS": "СУМ СЎМ SO'M",
        "VND": "₫ Đ VNĐ ĐỒNG",
        "XCD": "EC$", "ZAR": "R RAND",
    }.items()
    for sign in signs.split()
}  # fmt: skip
_SHARED = {
    "$": "CAD AUD NZD HKD SGD TWD MXN ARS CLP COP UYU BBD BMD BND BSD BZD DOP FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD",
    "£": "EGP FKP GIP LBP SHP SSP SYP", "¥": "CNY", "元": "TWD HKD", "RS": "PKR LKR NPR MUR SCR", "C$": "NIO",
    "KR": "SEK NOK DKK ISK", "LEI": "MDL", "FR": "XAF XOF XPF", "BS": "BOB VES", "BR": "BYN ETB", "CFA": "XOF XAF",
    "F CFA": "XOF XAF", "FCFA": "XOF XAF", "DH": "AED MAD", "درهم": "AED MAD", "ريال": "SAR QAR OMR YER",
    "ریال": "IRR SAR QAR OMR YER", "DOLLARS": "CAD AUD NZD HKD SGD TWD", "ДИН": "MKD", "₱": "CUP", "ƒ": "ANG AWG XCG",
    "РУБ": "BYN", "РУБЛЕЙ": "BYN", "РУБЛЯ": "BYN", "KRONOR": "SEK", "KRONER": "DKK NOK",
    "RUPEES": "INR PKR LKR NPR MUR SCR", "RUPEE": "INR PKR LKR",
    "PESOS": "MXN ARS CLP COP UYU DOP PHP CUP", "DINAR": "RSD KWD BHD JOD TND DZD IQD LYD", "DIRHAM": "AED MAD",
    "DIRHAMS": "AED MAD", "RIYAL": "SAR QAR OMR YER", "FRANCS": "CHF XAF XOF XPF",
}  # fmt: skip
"""Signs of several currencies, and those that are meant beside the usual one, where there is a usual one."""

_EURO = frozenset("AT BE BG CY DE EE ES EU FI FR GR HR IE IT LT LU LV MT NL PT SI SK".split())  # noqa: SIM905
"""Countries of the euro in 2026."""
_THOUSANDTHS = {"BHD": ".", "JOD": ".", "KWD": ".", "LYD": ".", "OMR": ".", "TND": ".,"}
"""Currencies of a thousand parts, and the marks that stand before three decimals of theirs."""

_SYMBOL = r"[$£¥¤֏؋৲৳฿៛₠-⃏]"
_LETTER = r"[^\W\d_]"
_LONGEST = 400
"""Characters of a text that are looked at; a longer one is no price, and would take for ever."""
_MOST = 50
"""Amounts of a text that are looked at."""


def _any_of(signs: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(signs, key=lambda sign: (-len(sign), sign))))


_WORDS = [sign for sign in {**_SIGNS, **_SHARED} if not re.search(_SYMBOL, sign)]
_LETTERS = [sign for sign in _WORDS if len(sign) == 1 and sign.isascii()]
_AS_WRITTEN = ("LE", "Gs")
"""Signs that are words of titles in another case: "GS" is grade school."""
_IN_TITLES = ("ALL", "CUP", "GEL", "TOP")
"""Codes that are words of shoes' names: they count as words do, where nothing else says the currency."""
_IN_ANY_CASE = "EUR|USD|INR|GBP|CAD|AUD|JPY|CNY|CHF|SEK|DKK|NOK|PLN|CZK|HUF|RON|BGN|HKD|SGD|AED|PHP|RUB|UAH|ZAR"
_NUMBER = (
    r"(?<!\d)(?<!\d[.,])(?:\d{1,3}(?:(?:,\d{2,3})*,\d{3}|(?:\.\d{3})+|(?:[ ']\d{3})+)(?:[.,]\d{1,4})?"
    r"|\d+(?:[.,]\d{1,6})?)(?!\d)"
)
_TOKEN = re.compile(
    rf"(?P<symbol>(?i:{_any_of(sign for sign in _SIGNS if len(sign) > 1 and re.search(_SYMBOL, sign))})(?!{_LETTER})"
    rf"|(?:(?<!{_LETTER})[A-Z]{{1,3}})?{_SYMBOL})"
    rf"|(?P<code>(?<!{_LETTER})(?:{_any_of(_CODES.difference(_IN_TITLES))}|(?i:{_IN_ANY_CASE}))(?!{_LETTER}))"
    rf"|(?P<word>(?<!{_LETTER})(?:(?i:{_any_of(set(_WORDS).difference(_LETTERS, map(str.upper, _AS_WRITTEN)))})"
    rf"|{_any_of((*_LETTERS, *_IN_TITLES, *_AS_WRITTEN))})"
    rf"\.?(?!{_LETTER}))"
    rf"|(?P<name>(?<!\w){_LETTER}+\d\w*)"  # LV8
    rf"|(?P<number>{_NUMBER})"
)
_CENTS = re.compile(r"[.,]\d\d?$")
_REWRITTEN = (
    (re.compile(r"(\d)€(\d\d)(?![\d€])"), r"\1.\2€"),  # 149€95
    (re.compile(r"(?<=\d):[-–—]{1,2}(?!\s?\w)"), " kr"),  # 1.199:-
    (re.compile(r"(?<=\d)[.,:]\s?[-–—]{1,2}(?!\d)"), ""),  # 129,- €
)
"""Forms that are taken apart before a text is read."""
_UNBROKEN = re.compile(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")
"""A blank that parts an amount's thousands and nothing else."""
_GLUED = re.compile(
    rf"(?<!\w)(?P<word>{_LETTER}{{2,}})(?P<mark>[.:]{{0,2}}) (?P<other>\d{{1,3}}) "
    r"(?=(?P<amount>\d{3}(?:[ ']\d{3})*(?P<cents>[.,]\d\d)?)(?![\w']|[.,]\d|[ ]\d{3}))"
)
"""A size or model's number that could be the thousands of the amount behind it: EU 42 129,95."""
_SIZES = frozenset("""
eu us uk fr jp cm size sizes gr größe groesse grösse taille pointure taglia misura talla número numero maat schoenmaat
rozmiar rozm размер розмір storlek størrelse str velikost veľkosť méret mărime mărimea nr
""".split())  # fmt: skip  # noqa: SIM905
_OF_PRICES = frozenset("""
price prices now only just from was for at to or and sale total rrp msrp mrp srp retail buy pay bid ask sold cost costs
deal offer promo off regular original reg orig each approx about incl excl vat tax gst with per up the is today
preis ab nur jetzt statt war bisher früher zuvor uvp vk gesamt summe zu je für bis oder und mwst inkl ust noch heute
von vom angebot aktion kostet endpreis um
prix de du des à dès le la les au lieu avant maintenant seulement ou et pour par ttc ht tva soldé solde soldes promotion
montant offre conseillé public partir
prezzo da di del solo ora adesso prima invece al il lo per a o e iva offerta saldi scontato listino totale
precio desde por antes ahora sólo en lugar el los y con oferta rebajas pvp pvpr
preço até apenas agora era
prijs vanaf van voor nu was slechts alleen of en btw aanbieding adviesprijs
cena ceny od do teraz tylko było była jest zamiast już za lub promocja dawniej regularna katalogowa wynosi brutto netto
цена цены от до за всего сейчас было была теперь стоимость итого руб или со скидкой ціна від зараз
pris nu nå från fra före før kun endast bara ord ordinarie rek veil veiledende spar tilbud rea
hinta alk nyt vain norm hind alates kaina nuo iki cijena sada již nyní jen původně bývalá běžná pôvodne teraz už
ár ára akció akciós most csak eredeti preț acum doar redus цена сега само стара
fiyat fiyatı sadece τιμή από μόνο τώρα
""".split())  # fmt: skip  # noqa: SIM905
"""Words that stand before prices."""
_BESIDE_NUMBERS = _OF_PRICES | _SIZES | frozenset("""
new low mid high max pro og gs ps td sb se lx qs prm men mens kids man boys girl w m nike puma vans fila air dunk gel
top all cup neu neuf nuovo nuevo nowe best pcs pair pairs paar stk item qty ca circa
""".split())  # fmt: skip  # noqa: SIM905
"""Short words that are no signs of currencies."""
_IN_THOUSANDS = frozenset("""
AMD CLP COP CRC CZK DZD HUF IDR INR IQD IRR ISK JPY KES KGS KRW KZT LKR NGN PHP PKR PYG RSD RUB TWD TZS UAH UGX UZS VND
XAF XOF
""".split())  # fmt: skip  # noqa: SIM905
"""Currencies in which shoes cost thousands."""
_SHORT = rf"({_LETTER}[^\s\d_.,:;!?()/|+*\"'-]{{0,3}})"
_SHORT_BEFORE = re.compile(rf"(?<![^\s(]){_SHORT}\.? ?$")
_SHORT_BEHIND = re.compile(rf" ?\(?{_SHORT}(?![^\s.,;:)])")
_BARE = re.compile(rf"(?<![\w/.-]){_NUMBER}(?!\s?%|[\w/])")

_BY = (
    r"(?:(?:of|from|at|as\slow\sas|starting\sat|only|each|von|zu|je|ab|à\spartir\sde|de|à|á|da|di|a\spartir\sda|a|desde|por"
    r"|van|vanaf|à|po|od|по|от|av|på|fra|från)\s)"
)
_OF = rf"{_BY}*"
_PAYMENTS = (
    r"(?:payments?|install?ments?|(?:teil)?zahlungen|(?:monats)?raten|ratenzahlung|rat[yęa]|cuotas?|plazos|pagos"
    r"|paiements?|mensualités?|fois|termijnen|betalingen|pagamenti|parcelas?|prestações|плат[её]ж\w*|част\w+"
    r"|delbetalinger|avbetalningar|splát\w+|taksit)"
)
_LENDER = (
    r"(?:klarna|after\s?pay|clearpay|affirm|sezzle|zip|pay\s?pal|alma|scalapay|oney|laybuy|atome|tabby|tamara"
    r"|shop\s?pay)"
)
_SENT = (
    r"(?:shipping|delivery|postage|versand\w*|liefer\w*|livraison|frais\sde\sport|spedizion\w+|consegna|envíos?|verzend\w*"
    r"|bezorg\w*|wysyłk\w+|dostaw\w+|доставк\w+|frakt|fragt|levering|frete)"
)
_ORDERS = (
    r"(?:orders?|purchases?|spend|bestell\w*|einkauf\w*|commandes?|achats?|ordini|acquisti|pedidos?|compras?|bestelling\w*"
    r"|zamówie\w+|заказ\w*|покупк\w+)"
)
_BEYOND = (
    r"(?:over|above|from|of|exceeding|ab|über|von|dès|de|à\spartir\sde|supérieure?s?\sà|da|sopra|oltre|desde|superior\w*\sa"
    r"|a\spartir\sd[ei]|vanaf|boven|od|powyżej|от|свыше|över|fra|från)"
)
_MONTHS = (
    r"(?:months?|mths?|monat\w*|mois|mesi|mese|meses|mês|maand\w*|miesi\w*|мес\w*|månad\w*|måned\w*"
    r"|měs\w*|weeks?|wochen?)"
)
_LOWEST = (
    r"\b(?:lowest|niedrigst\w*|tiefst\w*|günstigst\w*|best\w*preis|plus\s(?:bas|faible)|minim\w*|più\sbass\w+"
    r"|m[aá]s\sbajo|m[íi]nim\w*|mais\sbaixo|laagste|najniższ\w+|nejnižší|najnižšia|legalacsonyabb|cel\smai\s(?:mic|scăzut)"
    r"|lägst\w*|lavest\w*|alin|най-ниска|минимальн\w+|самая\sнизкая|найнижча)"
)
_THIRTY_DAYS = (
    r"(?:30|thirty|dreißig|trente|trenta|treinta|dertig)[\s-]?(?:[^\W\d]+\s)?(?:days?|tag\w*|jours?|giorni|d[íi]as|dage\w*"
    r"|dagar\w*|dagen|dni|dn[íů]|nap\w*|zile|дн\w+|päivä\w*)"
)
_REDUCED = (
    r"(?:before|prior\sto|vor|avant|przed|prima|antes|anterior\w*|precedent\w*|précéd\w+|voor"
    r"|voorafgaand|před|pred|до|före|før)"
)
_NO_DIGITS = r"[^\d\0|]"
_THIRTY_DAY_LOW = (
    rf"(?:{_LOWEST}{_NO_DIGITS}{{0,50}}(?:{_THIRTY_DAYS}|\b{_REDUCED}\s(?!now\b))"
    rf"|{_THIRTY_DAYS}{_NO_DIGITS}{{0,20}}{_LOWEST}"
    rf"|letzter\sniedrigster\spreis|omnibus)"
)
_NO_PRICE = re.compile(
    rf"""
    \b\d{{1,2}}\s?[x×*]\s?{_OF}\0                           # 4 x €30.00, 12x de R$ 50
    | \b{_PAYMENTS}\W{{0,3}}{_OF}\0                         # 4 interest-free payments of $30, 3 Raten à 40 €
    | \b\d{{1,2}}\srate\W{{0,3}}{_OF}\0                     # 3 rate da 40 €
    | \b{_LENDER}\W{{0,2}}\s(?:from|of|at|as\slow\sas|ab|à\spartir\sde|desde|da|vanaf|od|от)\s\0
    | \b(?:or|oder|ou|o|of|lub|или)\s\0\s(?:with|mit|avec|con|met|via|by|z|с)\s{_LENDER}\b
    | \0\s?[x×*]\s?\d{{1,2}}\b(?!\s?[x×*.,\d])              # 30 € x 4
    | \0\s?(?:/\s?|(?:per|an?|pro|par|al|por|je|im|w|в|i)\s)?(?:mo|mth|months?|monthly|monat\w*|mtl|mois|mensuel\w*|mese
      |mes|mensual\w*|mês|maand|mies\w*|мес\w*|måned\w*|månad\w*|wk|weeks?|weekly|woche|semaine|fortnight)\b
    | (?<!after\s)(?<!with\s)(?<!nach\s)(?<!mit\s)(?<!con\s)(?<!avec\s)(?<!met\s)\b(?:saved?|savings?|discount
      |sparen|sparst|spare|spar|ersparnis|gespart|rabatt|nachlass|économi\w+|remise|réduction|risparmi\w*|sconto|ahorr\w+
      |descuento|desconto|bespa\w+|korting|voordeel|oszczęd\w+|zniżka|rabat|скидка|экономия|выгода|coupon|voucher
      |gutschein|gift\scard|deposit|anzahlung)
      (?:\s(?:up\sto|an?|extra|bis\szu|von|jusqu'à|de|fino\sa|di|hasta|tot|do|до))*\W{{0,3}}\0
    | \0\s(?:off|discount|saved|savings?|rabatt|gespart|sparen|günstiger|d[ei]\s(?:réduction|remise|descuento|desconto
      |sconto)|korting|rabatu|taniej|скидк[аи])\b(?!\W{{0,3}}\d+\s?%)
    | \b(?:{_SENT}|{_ORDERS})\b[^\d.!?|;\0]{{0,30}}\b{_BEYOND}\s?\0     # free shipping on orders over $50
    | \bspend\s\0
    | (?<!free\s)(?<!gratis\s)\b{_SENT}(?:\s(?:costs?|fees?|only|is|nur))*\s?:?\s?\0   # shipping: $5.99
    | \b(?:plus|zzgl\.?|und|and|et|y|e|en|i|и|más|più|excl\.?|exkl\.?)\s\0\s(?:for\s|de\s|di\s)?{_SENT}\b
    | \+\s?\0
    | (?:^|[\s(])[-−–]\0                                    # -$30
    | %\0 | \0\s?%
    | {_THIRTY_DAY_LOW}[^\W\d]*(?:\s\(?{_REDUCED}{_NO_DIGITS}{{0,60}})?(?:\s(?:is|was|ist|war|price|preis))?
      (?:\)?\s?:)?[^\w)]{{0,3}}\0
    | {_LOWEST}{_NO_DIGITS}{{0,40}}\0\W{{0,3}}{_NO_DIGITS}{{0,30}}{_THIRTY_DAYS}
    | \0\s?[(\[]\s?{_THIRTY_DAY_LOW}[^\W\d]*\s?[)\]]
    | \b\d{{1,2}}[\s-]{_MONTHS}(?:\s[^\W\d]\S{{0,20}}){{0,2}}?\W{{0,3}}(?:[x×@]\s?|{_BY}+)\0       # 12 months at $14
    | \0\s(?:for|over|über|für|sur|pendant|per|durante|por|voor|na|przez|за)\s\d{{1,2}}\s{_MONTHS}\b
    | \b(?:earn|collect|sammel\w*|sammle|gagne[zr]?|cumule[zr]?|guadagna|acumula|zyskaj)\s(?:(?:up\sto|bis\szu)\s)?\0
    | \0\s(?:back\s)?(?:in|of|as)\s(?:rewards?|points|credits?|cash\s?back|store\scredit)\b
    | \bget\s\0\s(?:cash\s?)?back\b
    | \b(?:last|letzter|letzte|dernière|ultima|última|laatste|ostatnia)
      \s(?:sale|sold(?:\s(?:for|at|price))?|verkauf|vente|vendita|venta|verkoop|sprzedaż)\W{{0,3}}\0
    | \b(?:highest|top|best|current|high)\sbid(?:\s(?:is|of))?\W{{0,3}}\0
    | \b(?:höchst\w*|aktuelles)\sgebot\W{{0,3}}\0 | \benchère\sla\splus\s(?:haute|élevée)\W{{0,3}}\0
    | \b(?:offerta\spiù\salta|oferta\smás\salta|hoogste\sbod|najwyższa\soferta)\W{{0,3}}\0
    | \bsell\s(?:now\s)?(?:(?:for|at)\s)?\W{{0,2}}\0
    """,
    re.IGNORECASE | re.VERBOSE,
)
r"""An amount, written as \0, that has not to be paid for the shoe: instalments, savings, shipping, percentages."""
_LESS = re.compile(
    r"""
    \0\s?[(\[]?\s?(?:exc?l?(?:uding|\.)?|exkl\.?|ohne|zzgl\.?|plus|hors|senza|esclus[ao]|sin|sem|zonder|bez|без|before|without|utan|uden)
      \s?(?:of\s)?(?:the\s)?(?:vat|tax\w*|gst|hst|mwst|ust|tva|iva|btw|moms|mva|pdv|dph|áfa|ндс|пдв)\b
    | \0\s?[(\[]?\s?(?:ht|netto|net|plus\s(?:vat|tax)|\+\s?(?:vat|tax))\b
    | \b(?:excl?\.?|excluding|exkl\.?|ohne|without|netto|net)\s?(?:vat|tax|gst|mwst|btw|moms|price|preis)?\s?:\s?\0
    | \b(?:members?(?:hip|'?s)?|mitglied\w*|membres?|adhérents?|soci|socios?|leden\w*|klubow\w+|клубн\w+
      |(?:vip|club|student)\s(?:price|preis|prijs|cena|цена))(?:\s(?:only|price|preis|pays?|prijs|cena|цена))*\W{0,3}\0
    | \b(?:prix|prezzo|precio|cena|preis|preço)\s(?:(?:pour|für|per|para|dla|i|les)\s)*
      (?:membres?|adhérents?|soci|socios?|mitglieder|klubow\w+|club)\W{0,3}\0
    | \b(?:pay|zahle|payez|paga|betaal)\s(?:(?:only|just|nur)\s)?\0
      \s(?:today|now|heute|jetzt|aujourd'hui|oggi|hoy|vandaag)\b
    | \bdue\s(?:today|now)\W{0,3}\0 | \0\sdue\s(?:today|now)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
r"""An amount, written as \0, that does not count beside others: without tax, for members alone, a first part."""
_SIGN = rf"(?:(?-i:[A-Z]{{2,3}} ?)?{_SYMBOL}|(?-i:[A-Z]{{3}})|{_any_of(_WORDS)}\.?)"
_TWO = re.compile(
    rf"(?P<one>(?:{_SYMBOL}\s?)?(?P<number>{_NUMBER})(?:\s?{_SIGN})?)\s?"
    rf"(?:(?:[x×*]\s?|\b(?:in|en|na|w|em|i)\s)\d{{1,2}}\s(?:[^\W\d]\S{{0,20}}\s){{0,2}}?{_PAYMENTS}|\b{_SENT})[\s:.,|]{{1,3}}"
    rf"(?:(?:price|preis|prix|prezzo|precio|prijs|cena|цена|total|gesamt)[\s:]{{1,2}})?"
    rf"(?P<two>(?:{_SIGN}\s?)?(?P<second>{_NUMBER}))",
    re.IGNORECASE,
)
"""Two amounts with instalments or shipping between them: the lower one is theirs."""
_COUNT = re.compile(rf"^\s?[x×*]\s|^\s(?:\S+\s){{0,3}}?(?:{_PAYMENTS}|rate)\b", re.IGNORECASE)
"""What stands behind a number of instalments."""


@dataclass(frozen=True, slots=True)
class Money:
    """What something costs: `amount` in units of `currency`, and what it cost before a sale."""

    amount: float
    currency: str | None
    """ISO 4217; None where none is stated, or a sign that several currencies share ("kr")."""
    before: float | None = None
    assumed: bool = field(default=False, compare=False)
    """Whether no currency was stated, so that `currency` is the one that was to be assumed then."""


def currency_code(text: str | None, *likely: str | None) -> str | None:
    """The ISO 4217 code of a currency's code or sign; None for one that is not known.

    Args:
        text: "EUR", "eur", "€", "Rs.", "MX$".
        likely: codes of which the first counts that the sign can stand for: "$" is CAD in a Canadian shop. Without any
            such a sign is the currency that it usually means ("$": USD), if it usually means one ("kr": none).
    """
    sign = _plain(text or "").strip(" .:").upper()
    shared = _SHARED.get(sign, "").split()
    usual = _SIGNS.get(sign) or (sign if sign in _CODES else None)
    return next((code for code in likely if code and (code in shared or code == usual)), usual)


def currency_of_country(country: str) -> str | None:
    """The currency of a country (ISO 3166-1: "DE"), of the United Kingdom ("UK") or of the Union ("EU"), if known.

    A code of ISO 4217 begins with its country's, except for the euro's.
    """
    place = country.upper().replace("UK", "GB")
    own = [code for code in sorted(_CODES) if code.startswith(place)]
    return "EUR" if place in _EURO else own[0] if len(own) == 1 and len(place) == 2 else None


def read_price(text: str, currency: str | None = None, own: str | None = None) -> Money | None:
    """The price that a text states: the lowest of its amounts, for an old price is never below the sale's.

    Args:
        text: such as "₹ 14,999.00", "120 €", "1.299,00", "was $120 now $90", "$120 or 4 payments of $30".
        currency: the code or sign that is stated apart; a sign in the text goes first.
        own: ISO 4217 code that is assumed where none is stated.

    Returns:
        None where no amount above zero is found.
    """
    return lowest(amounts_in(text, currency, own), own)


def lowest(amounts: Iterable[Money], own: str | None = None) -> Money | None:
    """The lowest of several amounts, with the highest as the price before; never across currencies.

    Of several currencies `own` counts, or else that of the first amount. None where there is no amount.
    """
    known = list(amounts)
    codes = [one.currency for one in known]
    same = [one for one in known if one.currency == (own if own in codes else codes[0])]
    if not same:
        return None
    best = min(same, key=lambda one: one.amount)
    old = [value for one in same for value in (one.amount, one.before or 0.0) if value > best.amount]
    return Money(best.amount, best.currency, max(old, default=None), best.assumed)


def amounts_in(price: str | float, currency: str | None = None, own: str | None = None) -> list[Money]:
    """Every amount above zero that a text asks for, as `read_price` reads it, or a number alone.

    They are the numbers beside a sign, or the bare numbers where there is no sign.
    """
    stated = currency_code(currency, own)
    code = None if stated is None and _is_sign(currency) else stated or own
    assumed = stated is None and code is not None
    if not isinstance(price, str):
        return [Money(float(price), code, assumed=assumed)] if 0 < price < math.inf else []
    text = _plain(_UNBROKEN.sub("'", price[: 4 * _LONGEST]))[:_LONGEST]
    for form, instead in _REWRITTEN:
        text = form.sub(instead, text)
    text = _TWO.sub(_lower_aside, _GLUED.sub(_apart, text))
    found = list(_signed(text, stated, own))
    bare = [] if found else [_Found(*match.span(), match[0], code) for match in _BARE.finditer(text)]
    bare = [one for one in bare if not _COUNT.match(text[one.end :])]
    if stated is None and len(bare) == 1 and _unknown_beside(text, bare[0]):
        bare, assumed = [bare[0]._replace(currency=None)], False
    least = min((_amount(one) for one in bare if _CENTS.search(one.number)), default=0.0)
    asked = [
        (Money(amount, one.currency, assumed=assumed and not found), around)
        for one in (found or bare)[:_MOST]
        if 0 < (amount := _amount(one)) < math.inf
        and amount >= least  # "Air Max 90 149.99"
        and not _NO_PRICE.search(
            around := f"{text[max(0, one.start - 120) : one.start]}\0{text[one.end : one.end + 60]}"
        )
    ]
    whole = [money for money, around in asked if len(asked) == 1 or not _LESS.search(around)]
    return whole or [money for money, _ in asked]


def _apart(glued: re.Match[str]) -> str:
    """Words and numbers of which the last is, or is not, the thousands of the amount behind it, marked off if not."""
    word, text = glued["word"].casefold(), glued.string
    sign = _TOKEN.match(text, glued.end("amount") + text.startswith(" ", glued.end("amount")))
    signed = sign is not None and sign.lastgroup in ("symbol", "code", "word")
    behind = currency_code(sign[0]) if sign and signed else None
    before = _TOKEN.fullmatch(glued["word"])
    if before and before.lastgroup in ("code", "word"):  # Rp 1 299, but not KD 15 150 €
        thousands = not signed or before.lastgroup == "code" or currency_code(before[0], behind) == behind
    elif word in _SIZES:
        thousands = not signed and not glued["cents"]
    elif ":" in glued["mark"] or word in _OF_PRICES or re.search("pr[ei]+[sz]$|prijs$|price$|cena$", word):
        thousands = True
    elif signed and behind in {None, "SEK", "NOK", "DKK"}:  # Dunk Low 1 299 kr, but not Air Max 90 999 kr
        thousands = len(glued["other"]) == 1
    else:
        thousands = behind in _IN_THOUSANDS or not (signed or glued["cents"])
    return glued[0] if thousands else f"{glued[0]}| "


def _lower_aside(two: re.Match[str]) -> str:
    """Both amounts, the lower one as what comes on top."""
    first, second = (_amount(_Found(0, 0, two[name], None)) for name in ("number", "second"))
    return f"+ {two['one']} | {two['two']}" if first < second else f"{two['one']} | + {two['two']}"


def _unknown_beside(text: str, only: _Found) -> bool:
    """Whether a text's only number has letters beside it that are no known word: some currency's, then."""
    if len(re.findall(r"\d+", text)) > len(re.findall(r"\d+", only.number)):
        return False
    beside = (_SHORT_BEFORE.search(text, 0, only.start), _SHORT_BEHIND.match(text, only.end))
    return any(short and short[1].casefold() not in _BESIDE_NUMBERS for short in beside)


class _Found(NamedTuple):
    """A number of a text with its sign."""

    start: int
    end: int
    number: str
    currency: str | None


def _signed(text: str, stated: str | None, own: str | None) -> Iterator[_Found]:
    """The numbers beside a sign, of the surest kind of signs that stands beside any: symbols, codes, words."""
    tokens = list(_TOKEN.finditer(text))
    found = (pairs for kind in ("symbol", "code", "word") if (pairs := _pairs(text, tokens, kind)))
    for sign, number in next(found, ()):
        low, high = sorted((sign, number))
        around = [(at, side) for at, side in ((low - 1, low), (high + 1, high)) if 0 <= at < len(tokens)]
        codes = [  # "$110.00 CAD"
            tokens[at][0]
            for at, side in around
            if tokens[at].lastgroup == "code"
            and (
                (gap := _gap(text, tokens[at], tokens[side])) in ("", " ")
                or (gap in ("(", " (") and text.startswith(")", tokens[at].end()))  # Rs 12,500 (LKR)
            )
        ]
        code = _code_of(tokens[sign][0], *codes, stated, own)
        yield _Found(tokens[low].start(), tokens[high].end(), tokens[number][0], code)
        least = tokens[number - 1] if 0 < number < sign else None  # of a range: 90–120 €
        dash = _gap(text, least, tokens[number]) if least and least.lastgroup == "number" else ""
        if least and re.fullmatch("[-–—]| [-–—] " if least.start() == 0 else "[-–—]", dash):
            yield _Found(*least.span(), least[0], code)


def _pairs(text: str, tokens: Sequence[re.Match[str]], kind: str) -> list[tuple[int, int]]:
    """The places of each sign of a kind and of the number that it belongs to, where one stands beside it.

    Signs stand before their numbers or behind them all over a text: as more of them can, as more are written without a
    blank, as more of the numbers have cents.
    """
    ways: list[dict[int, int]] = []
    for step in (1, -1):
        ways.append({})
        for place, sign in enumerate(tokens):
            other = place + step
            if sign.lastgroup != kind or not 0 <= other < len(tokens) or tokens[other].lastgroup != "number":
                continue
            if _gap(text, sign, tokens[other]) in ("", " ", ": "[: 1 + step]):
                ways[-1][place] = other

    def fit(way: dict[int, int]) -> tuple[int, int, int]:
        glued = sum(not _gap(text, tokens[sign], tokens[number]) for sign, number in way.items())
        return len(way), glued, sum(bool(_CENTS.search(tokens[number][0])) for number in way.values())

    before, behind = ways
    if (*fit(before), not text[:1].isdecimal()) < (*fit(behind), text[:1].isdecimal()):
        before, behind = behind, before
    rest = {sign: number for sign, number in behind.items() if sign not in before and number not in before.values()}
    return sorted({**before, **rest}.items())


def _gap(text: str, one: re.Match[str], other: re.Match[str]) -> str:
    """What stands between two tokens."""
    return text[min(one.end(), other.end()) : max(one.start(), other.start())]


def _code_of(sign: str, *likely: str | None) -> str | None:
    """The currency of a sign in a text: one of letters that nobody knows before a symbol is another currency's."""
    code = currency_code(sign, *likely)
    if code is None and (letters := re.match(r"[A-Z]+(?=\W$)", sign)):
        if letters[0] in _CODES:
            return letters[0]  # NZD$
        if len(letters[0]) == 3:
            return currency_code(sign[-1], *likely)  # NOW$59
    return code


def _amount(found: _Found) -> float:
    """The value of a written number: which of its marks is the decimal one, if any, its form and currency tell."""
    digits = re.sub(r"[ ']", "", found.number)
    marks = re.findall(r"[.,]", digits)
    head, _, tail = digits.rpartition(marks[-1]) if marks else (digits, "", "")
    if len(tail) == 3 and len(set(marks)) == 1:
        grouped = len(digits) < len(found.number)
        thousandths = marks[0] in _THOUSANDTHS.get(found.currency or "", "")
        if len(marks) > 1 or not (grouped or thousandths or head.startswith("0") or len(head) > 3):
            head, tail = digits, ""
    return float(f"{re.sub('[.,]', '', head)}.{tail or '0'}")


def _is_sign(text: str | None) -> bool:
    """Whether a text that is no known currency states one all the same."""
    return bool(
        re.search(_SYMBOL, text or "")
        or re.fullmatch(r"\s*[A-Z]{3}\s*", text or "")
        or _plain(text or "").strip(" .").upper() in _SHARED
    )


def _plain(text: str) -> str:
    """One line of usual characters: no wide forms, no marks of direction, Arabic decimal marks as Latin ones."""
    if not text.isascii():
        kinds = ((char, unicodedata.category(char)) for char in text)
        usual = (char if kind == "No" else unicodedata.normalize("NFKC", char) for char, kind in kinds if kind != "Cf")
        text = "".join(usual).translate({0x66B: ".", 0x66C: ",", 0x2019: "'"})
    return " ".join(text.split())
