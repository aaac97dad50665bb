from __future__ import annotations

from time import process_time

import pytest

from sneakers_ml.catalogue.money import Money, currency_code, currency_of_country, read_price


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eur", "EUR"),
        ("$", "USD"),
        ("Rs.", "INR"),
        ("z\u0142", "PLN"),
        ("AED", "AED"),
        ("Rp", "IDR"),
        ("RM", "MYR"),
        ("R$", "BRL"),
        ("MX$", "MXN"),
        ("S/.", "PEN"),
        ("د.إ.\u200f", "AED"),
        ("￥", "JPY"),
        ("kr", None),  # of Sweden, Norway, Denmark or Iceland
        ("\N{RIAL SIGN}", None),  # of Iran, Saudi Arabia, Qatar, Oman or Yemen
        ("NEW", None),  # three letters are no code
        ("points", None),
        (None, None),
    ],
)
def test_currencies(text: str | None, code: str | None) -> None:
    assert currency_code(text) == code


@pytest.mark.parametrize(
    ("sign", "own", "code"),
    [("$", "CAD", "CAD"), ("$", "EUR", "USD"), ("kr.", "DKK", "DKK"), ("kr", "USD", None), ("€", "USD", "EUR")],
)
def test_a_sign_of_several_currencies_is_the_likely_one(sign: str, own: str, code: str | None) -> None:
    assert currency_code(sign, own) == code


@pytest.mark.parametrize(
    ("text", "currency", "price"),
    [
        ("1.299,00", "EUR", Money(1299.0, "EUR")),
        ("1,299.00", "USD", Money(1299.0, "USD")),
        ("1'299.50", "CHF", Money(1299.5, "CHF")),
        ("1\u202f299,95", "EUR", Money(1299.95, "EUR")),
        ("1,04,999", "INR", Money(104999.0, "INR")),
        ("89,95", "€", Money(89.95, "EUR")),
        ("12.500", "KWD", Money(12.5, "KWD")),
        ("12.500", "EUR", Money(12500.0, "EUR")),
        ("89,950", "TND", Money(89.95, "TND")),
        ("1,299.000", "KWD", Money(1299.0, "KWD")),
        ("110.00 ", "usd", Money(110.0, "USD")),
        ("110.0000", "usd", Money(110.0, "USD")),
        ("€89", None, Money(89.0, "EUR")),
        ("89 EUR", None, Money(89.0, "EUR")),
        ("€89", "USD", Money(89.0, "EUR")),
        ("$89", "CAD", Money(89.0, "CAD")),
        ("110", None, Money(110.0, None)),
        ("110 kr", None, Money(110.0, None)),
        ("110 kr", "NOK", Money(110.0, "NOK")),
        ("110", "NEW", Money(110.0, None)),
    ],
)
def test_reads_amounts_as_they_are_written_everywhere(text: str, currency: str | None, price: Money) -> None:
    assert read_price(text, currency) == price


@pytest.mark.parametrize("text", ["", "0", "0,00 €", "-5", "1e3", "sold out", "N7", "DD1391-100", "-20%"])
def test_what_is_no_amount(text: str) -> None:
    assert read_price(text, "EUR") is None


def test_says_whether_a_currency_was_assumed() -> None:
    assumed = [read_price(text, None, "USD") for text in ("110", "$110", "110 EUR")]
    assert [price and price.assumed for price in assumed] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "own", "amount", "currency"),
    [
        ("N7 $124.99 Now $109.99", "USD", 109.99, "USD"),
        ("$120.00 or 4 payments of $30.00", "USD", 120, "USD"),
        ("Air Max 90 €149,99", "USD", 149.99, "EUR"),
        ("4 interest-free payments of $30.00", "USD", None, None),
        ("4 x €30.00 with Klarna, €120.00", "USD", 120, "EUR"),
        ("LV8 $104.99 Now $59.99", "USD", 59.99, "USD"),
        ("Size 10 $150", "USD", 150, "USD"),
        ("New Balance 550 - £110", "USD", 110, "GBP"),
        ("Size 10 $ 150", "USD", 150, "USD"),
        ("or 3 payments of $40.00", "USD", None, None),
        ("as low as $30/mo", "USD", None, None),
        ("$120.00 as low as $30/mo with Affirm", "USD", 120, "USD"),
        ("R$ 600,00 ou 12x de R$ 50,00 sem juros", "USD", 600, "BRL"),
        ("12x R$ 50", "USD", None, None),
        ("120 € oder in 3 Raten à 40 €", "USD", 120, "EUR"),
        ("in 3 Raten à 40,00 €", "EUR", None, None),
        ("$120 or $30 with Afterpay", "USD", 120, "USD"),
        ("$120.00 Pay with Klarna", "USD", 120, "USD"),
        ("was $120 now $90", "USD", 90, "USD"),
        ("$120 $90", "USD", 90, "USD"),
        ("Regular price $120.00 Sale price $90.00 Save $30.00", "USD", 90, "USD"),
        ("Save $30", "USD", None, None),
        ("from $90", "USD", 90, "USD"),
        ("$90 - $120", "USD", 90, "USD"),
        ("$90-$120", "USD", 90, "USD"),
        ("90–120 €", "USD", 90, "EUR"),
        ("$30 off $90.00", "USD", 90, "USD"),
        ("-$30 $90", "USD", 90, "USD"),
        ("$90 (-$30)", "USD", 90, "USD"),
        ("25% off $90", "USD", 90, "USD"),
        ("Free shipping over $50", "USD", None, None),
        ("$90 Free shipping on orders over $50", "USD", 90, "USD"),
        ("120 € kostenloser Versand ab 50 €", "USD", 120, "EUR"),
        ("120 € zzgl. 4,99 € Versand", "USD", 120, "EUR"),
        ("120 € + 4,99 € Versand", "EUR", 120, "EUR"),
        ("Livraison gratuite dès 50 € 120 €", "EUR", 120, "EUR"),
        ("Free shipping $120", "USD", 120, "USD"),
        ("$120 Free shipping", "USD", 120, "USD"),
        ("1.299,00", "EUR", 1299, "EUR"),
        ("1,299.00", "USD", 1299, "USD"),
        ("1 299,00 zł", "EUR", 1299, "PLN"),
        ("CHF 1'299.-", "EUR", 1299, "CHF"),
        ("₹1,04,999", "USD", 104999, "INR"),
        ("¥15,000", "USD", 15000, "JPY"),
        ("15.000 ₫", "USD", 15000, "VND"),
        ("2.990.000₫", "USD", 2990000, "VND"),
        ("Rp 1.299.000", "USD", 1299000, "IDR"),
        ("KWD 12.500", "USD", 12.5, "KWD"),
        ("12.500 د.ك", "USD", 12.5, "KWD"),
        ("89,950 DT", "USD", 89.95, "TND"),
        ("AED 450", "USD", 450, "AED"),
        ("د.إ450.00", "USD", 450, "AED"),
        ("RM 450.00", "USD", 450, "MYR"),
        ("RM450", "USD", 450, "MYR"),
        ("MX$ 2,499", "USD", 2499, "MXN"),
        ("PKR 24,999", "USD", 24999, "PKR"),
        ("Rs. 24,999", "PKR", 24999, "PKR"),
        ("S/ 499.90", "USD", 499.9, "PEN"),
        ("S/.499.90", "USD", 499.9, "PEN"),
        ("₱6,595", "USD", 6595, "PHP"),
        ("฿4,500", "USD", 4500, "THB"),
        ("NT$3,600", "USD", 3600, "TWD"),
        ("NZ$220", "USD", 220, "NZD"),
        ("R 2 299.00", "USD", 2299, "ZAR"),
        ("R2,299.00", "USD", 2299, "ZAR"),
        ("899,00 kn", "USD", 899, "HRK"),
        ("45 990 Ft", "USD", 45990, "HUF"),
        ("2 990 Kč", "USD", 2990, "CZK"),
        ("499,99 zł", "USD", 499.99, "PLN"),
        ("199 лв.", "USD", 199, "BGN"),
        ("12 990 руб.", "USD", 12990, "RUB"),
        ("12 990 ₽", "USD", 12990, "RUB"),
        ("1 290 000 сум", "USD", 1290000, "UZS"),
        ("﷼ 450", "USD", 450, None),
        ("450 ر.س", "USD", 450, "SAR"),
        ("Fr. 149.90", "USD", 149.9, "CHF"),
        ("SFr. 149.90", "USD", 149.9, "CHF"),
        ("4.299 TL", "USD", 4299, "TRY"),
        ("1 299 kr", "USD", 1299, None),
        ("1 299 kr", "SEK", 1299, "SEK"),
        ("1.299 kr.", "DKK", 1299, "DKK"),
        ("1 299 kr SEK", "USD", 1299, "SEK"),
        ("$110.00 CAD", "USD", 110, "CAD"),
        ("CAD $110.00", "USD", 110, "CAD"),
        ("CA$110", "USD", 110, "CAD"),
        ("A$ 210", "USD", 210, "AUD"),
        ("NZD$220", "USD", 220, "NZD"),
        ("$MX 2 499", "USD", 2499, "MXN"),
        ("2 499 $CA", "USD", 2499, "CAD"),
        ("129,- €", "USD", 129, "EUR"),
        ("€ 129,-", "USD", 129, "EUR"),
        ("1.299,-", "EUR", 1299, "EUR"),
        ("149€95", "USD", 149.95, "EUR"),
        ("150€120€", "USD", 120, "EUR"),
        ("Air Max 90 149.99", "USD", 149.99, "USD"),
        ("ASICS GEL 1130 €120", "USD", 120, "EUR"),
        ("ASICS GEL 1130 120 EUR", "USD", 120, "EUR"),
        ("110.0000", "USD", 110, "USD"),
        ("NEW 550", "USD", 550, "USD"),
        ("AIR 90 $120", "USD", 120, "USD"),
        ("Z$100", "USD", 100, None),
        ("NOW$59", "USD", 59, "USD"),
        ("120 USD", "EUR", 120, "USD"),
        ("4 платежа по 3000 ₽ 12000 ₽", "USD", 12000, "RUB"),
        ("12 000 ₽ или 3 000 ₽ в месяц", "USD", 12000, "RUB"),
        ("30 €/Monat", "EUR", None, None),
        ("€30 per maand", "EUR", None, None),
        ("Klarna: 3 payments of £36.66. £110", "USD", 110, "GBP"),
        ("£110.00 Pay in 3 interest-free payments of £36.66 with PayPal. Learn more", "USD", 110, "GBP"),
        ("4 cuotas de 30 € 120 €", "USD", 120, "EUR"),
        ("120 € ou 4x 30 € sans frais", "USD", 120, "EUR"),
        ("3 rate da 40 € o 120 €", "USD", 120, "EUR"),
        ("3 termijnen van € 40 € 120", "USD", 120, "EUR"),
        ("0", "USD", None, None),
        ("-5", "USD", None, None),
        ("1e3", "USD", None, None),
        ("€ 1.299,00", "USD", 1299, "EUR"),
        ("EUR: 120", "USD", 120, "EUR"),
        ("1,299", "USD", 1299, "USD"),
        ("1.299", "EUR", 1299, "EUR"),
        ("12.5", "EUR", 12.5, "EUR"),
        ("0.950 KWD", "USD", 0.95, "KWD"),
        ("1,299.000 KWD", "USD", 1299, "KWD"),
        ("Sold out", "USD", None, None),
        ("¥15,000(税込)", "USD", 15000, "JPY"),
        ("15,000円", "USD", 15000, "JPY"),
        ("159,000원", "USD", 159000, "KRW"),
        ("￥15,000", "USD", 15000, "JPY"),
        ("١٢٩٫٥٠ د.إ", "USD", 129.5, "AED"),
        ("120 EUR / 130 USD", "USD", 130, "USD"),
        ("US $120", "EUR", 120, "USD"),
        ("USD 120", "EUR", 120, "USD"),
        ("14,999.00 Rs", "EUR", 14999, "INR"),
        ("Price: $110.00 Size: 10", "EUR", 110, "USD"),
        ("10 $150", "EUR", 150, "USD"),
        ("Jordan 1 Low $110", "EUR", 110, "USD"),
        ("990v6 $199.99", "EUR", 199.99, "USD"),
        ("Nike Dunk Low 119,99 €", "USD", 119.99, "EUR"),
        ("€120 / 4 x €30", "USD", 120, "EUR"),
        ("Retail €120", "USD", 120, "EUR"),
        ("$120.00 USD $90.00 USD", "EUR", 90, "USD"),
        ("From £95.00 to £120.00", "EUR", 95, "GBP"),
        ("You save $30 (25%) $120 $90", "EUR", 90, "USD"),
        ("149,99 € inkl. MwSt. zzgl. Versand", "USD", 149.99, "EUR"),
        ("Ab 30 €", "USD", 30, "EUR"),
        ("4 Zahlungen von 30,00 €", "USD", None, None),
        ("pay $30 today", "USD", 30, "USD"),
        ("Pay in 4 interest-free installments of $30.00 with Shop Pay", "USD", None, None),
        ("£110 or 3 instalments of £36.66", "USD", 110, "GBP"),
        ("Deposit $20 Total $150", "USD", 150, "USD"),
        ("$120 or $30 with Shop Pay", "USD", 120, "USD"),
        ("$120 Shop Pay from $30", "USD", 120, "USD"),
        ("$120 or payments as low as $30", "USD", 120, "USD"),
        ("120 € livraison offerte à partir de 50 €", "EUR", 120, "EUR"),
        ("120 € und 5,99 € Versand", "EUR", 120, "EUR"),
        ("3 mensualités à partir de 40 €", "EUR", None, None),
        ("3x 40,00€ sans frais 120,00€", "EUR", 120, "EUR"),
        ("em até 10x de R$ 59,99", "BRL", None, None),
        ("$2,499.00 MXN", "USD", 2499, "MXN"),
        ("statt 119,95 € jetzt 89,95 €", "USD", 89.95, "EUR"),
        ("Air Jordan 1 Retro High OG 2015 $170", "USD", 170, "USD"),
        ("Yeezy 350 V2 220 €", "USD", 220, "EUR"),
        ("US 9 / EU 42.5 $150", "USD", 150, "USD"),
        ("12 990 ₽ 9 990 ₽ −23%", "USD", 9990, "RUB"),
        ("$.99", "USD", None, None),
    ],
)
def test_reads_what_has_to_be_paid_as_shops_word_it(
    text: str, own: str, amount: float | None, currency: str | None
) -> None:
    price = read_price(text, None, own)
    assert (price and price.amount, price and price.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("text", "own", "amount", "currency"),
    [
        ("EU 42 129,95 €", "EUR", 129.95, "EUR"),
        ("Gr. 42 129,95 €", "EUR", 129.95, "EUR"),
        ("Rozmiar 42 399,99 zł", "EUR", 399.99, "PLN"),
        ("US 10 150.00 USD", "EUR", 150, "USD"),
        ("Size 10 180 USD", "USD", 180, "USD"),
        ("Air Jordan 4 219,99 €", "EUR", 219.99, "EUR"),
        ("Air Max 1 149,99 €", "EUR", 149.99, "EUR"),
        ("Samba OG 36 120,00 €", "EUR", 120, "EUR"),
        ("KD 15 150 €", "EUR", 150, "EUR"),
        ("Cloudmonster 2 189,95 €", "EUR", 189.95, "EUR"),
        ("Air Max 90 149 €", "EUR", 149, "EUR"),
        ("Dunk Low 1\u00a0299,00 €", "EUR", 1299, "EUR"),
        ("Dunk Low voor €120", "EUR", 120, "EUR"),
        ("Reebok Club $100 was $120", "USD", 100, "USD"),
        ("Zum Preis von 1 299 €", "EUR", 1299, "EUR"),
        ("Rp 1 299 000", "USD", 1299000, "IDR"),
        ("EUR 1 299", "USD", 1299, "EUR"),
        ("kr 1 299", "SEK", 1299, "SEK"),
        ("ab 1 299 €", "USD", 1299, "EUR"),
        ("from 1 299 €", "USD", 1299, "EUR"),
        ("Preis 1 299,00 €", "USD", 1299, "EUR"),
        ("à partir de 1 299,00 €", "USD", 1299, "EUR"),
        ("1 299 €", "USD", 1299, "EUR"),
        ("Cena: 1 299,00 zł", "USD", 1299, "PLN"),
        ("Dunk Low 1 299 kr", "SEK", 1299, "SEK"),
        ("Кроссовки 12 990 ₽", "USD", 12990, "RUB"),
        ("Цена 12 990 ₽", "USD", 12990, "RUB"),
        ("Air Max 90 999 kr", "SEK", 999, "SEK"),
        ("Dunk Low 45 990 Ft", "USD", 45990, "HUF"),
        ("EU 42.5 129,95 €", "USD", 129.95, "EUR"),
        ("EU 42,5 129,95 €", "USD", 129.95, "EUR"),
        ("Taille 42 129,95 €", "USD", 129.95, "EUR"),
        ("Size 42 129,95", "EUR", 129.95, "EUR"),
        ("New Balance 550 129,99 €", "EUR", 129.99, "EUR"),
        ("Size: 42 129,95 €", "EUR", 129.95, "EUR"),
        ("Größe 42: 129,95 €", "EUR", 129.95, "EUR"),
        ("UK 9 120 £", "EUR", 120, "GBP"),
        ("Размер 42 9 990 ₽", "EUR", 9990, "RUB"),
        ("Größe 42 1 299,00 €", "EUR", 1299, "EUR"),
        ("Yeezy 350 220 €", "EUR", 220, "EUR"),
        ("statt 1 299 € jetzt 1 099 €", "EUR", 1099, "EUR"),
        ("R 2 299.00", "USD", 2299, "ZAR"),
        ("Prix TTC 1 299 €", "EUR", 1299, "EUR"),
    ],
)
def test_a_size_or_a_models_number_is_no_thousand_of_the_price(
    text: str, own: str, amount: float | None, currency: str | None
) -> None:
    price = read_price(text, None, own)
    assert (price and price.amount, price and price.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("text", "own", "amount", "currency"),
    [
        ("30-Tage-Bestpreis: 109,99 € Aktueller Preis 119,99 €", "EUR", 119.99, "EUR"),
        ("Najniższa cena z 30 dni przed obniżką: 399,99 zł Cena: 449,99 zł", "EUR", 449.99, "PLN"),
        ("Lowest price in the last 30 days: €99.99 €119.99", "EUR", 119.99, "EUR"),
        ("119,99 € Niedrigster Preis der letzten 30 Tage: 109,99 €", "EUR", 119.99, "EUR"),
        ("119,99 € 30-Tage-Bestpreis: 109,99 €", "EUR", 119.99, "EUR"),
        ("Prix le plus bas des 30 derniers jours : 99,99 € 119,99 €", "EUR", 119.99, "EUR"),
        ("Prezzo più basso degli ultimi 30 giorni: 99,99 € 119,99 €", "EUR", 119.99, "EUR"),
        ("119,99 € Precio más bajo de los últimos 30 días: 99,99 €", "EUR", 119.99, "EUR"),
        ("Precio mínimo en los últimos 30 días: 99,99 € 119,99 €", "EUR", 119.99, "EUR"),
        ("Laagste prijs in de afgelopen 30 dagen: € 99,99 € 119,99", "EUR", 119.99, "EUR"),
        ("Lowest price in the last 30 days: €99.99", "EUR", None, None),
        ("30-Tage-Bestpreis: 109,99 €", "EUR", None, None),
        ("119,99 € (30-Tage-Bestpreis 109,99 €)", "EUR", 119.99, "EUR"),
        ("€119.99 Lowest price: €99.99 (last 30 days)", "EUR", 119.99, "EUR"),
        ("Najniższa cena przed obniżką: 399,99 zł 449,99 zł", "EUR", 449.99, "PLN"),
        ("Lägsta pris senaste 30 dagarna: 899 kr 999 kr", "SEK", 999, "SEK"),
        ("Nejnižší cena za posledních 30 dní: 1 990 Kč 2 490 Kč", "EUR", 2490, "CZK"),
        (
            "Cena regularna: 549,99 zł Najniższa cena z ostatnich 30 dni: 399,99 zł Cena: 449,99 zł",
            "EUR",
            449.99,
            "PLN",
        ),
        ("Lowest price: €99.99", "EUR", 99.99, "EUR"),
        ("109,99 € (30-Tage-Bestpreis) 119,99 €", "EUR", 119.99, "EUR"),
        (
            "Niedrigster Gesamtpreis der letzten 30 Tage vor der Preisermäßigung: 109,99 € 119,99 €",
            "EUR",
            119.99,
            "EUR",
        ),
    ],
)
def test_the_lowest_price_of_thirty_days_is_no_price(
    text: str, own: str, amount: float | None, currency: str | None
) -> None:
    price = read_price(text, None, own)
    assert (price and price.amount, price and price.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("text", "own", "amount", "currency"),
    [
        ("LE 7,999", "USD", 7999, "EGP"),
        ("L.E. 7,999", "USD", 7999, "EGP"),
        ("65.000 F CFA", "USD", 65000, None),
        ("39990 тенге", "USD", 39990, "KZT"),
        ("59 900 դր", "USD", 59900, "AMD"),
        ("रु 12,500", "USD", 12500, "INR"),
        ("399 ლარი", "USD", 399, "GEL"),
        ("Gs. 999.000", "USD", 999000, "PYG"),
        ("18,700 yen", "USD", 18700, "JPY"),
        ("189000 won", "USD", 189000, "KRW"),
        ("170 pounds", "USD", 170, "GBP"),
        ("1.199:-", "USD", 1199, None),
        ("1.199:-", "SEK", 1199, "SEK"),
        ("399,00 руб. BYN", "USD", 399, "BYN"),
        ("Rs 12,500 (LKR)", "USD", 12500, "LKR"),
        ("120 XYZ", "USD", 120, None),
        ("Lt 120", "USD", 120, None),
        ("120 Kčs", "USD", 120, None),
        ("from 120", "USD", 120, "USD"),
        ("NEW 550", "USD", 550, "USD"),
        ("Price: 120", "USD", 120, "USD"),
        ("120 only", "USD", 120, "USD"),
        ("ab 120", "EUR", 120, "EUR"),
        ("Preis 120", "EUR", 120, "EUR"),
        ("Cena 120", "PLN", 120, "PLN"),
        ("от 5990", "RUB", 5990, "RUB"),
        ("12 500 kn.", "EUR", 12500, "HRK"),
        ("$120 (CAD 160)", "USD", 120, "USD"),
        ("120 Ls", "EUR", 120, None),
    ],
)
def test_an_unknown_word_for_a_currency_is_never_the_shops(
    text: str, own: str, amount: float | None, currency: str | None
) -> None:
    price = read_price(text, None, own)
    assert (price and price.amount, price and price.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("text", "own", "amount", "currency"),
    [
        ("2 498 ₽ × 4 платежа 9 990 ₽", "USD", 9990, "RUB"),
        ("Pay $42.50 today $170.00", "USD", 170, "USD"),
        ("12 months at $14.17", "USD", None, None),
        ("5,99 € Versand 119,99 €", "EUR", 119.99, "EUR"),
        ("119,99 € Versand 5,99 €", "EUR", 119.99, "EUR"),
        ("Earn $17 in rewards $170", "USD", 170, "USD"),
        ("Last sale $180 Buy now $214", "USD", 214, "USD"),
        ("Highest Bid $150 Lowest Ask $190", "USD", 190, "USD"),
        ("€107.39 excl. VAT €129.95 incl. VAT", "USD", 129.95, "EUR"),
        ("Pay £36.66 in 3 instalments £110", "USD", 110, "GBP"),
        ("Member price $80 Price $100", "USD", 100, "USD"),
        ("pay $30 today", "USD", 30, "USD"),
        ("€107.39 excl. VAT", "USD", 107.39, "EUR"),
        ("Member price $80", "USD", 80, "USD"),
        ("120 € in 3 Raten 40 €", "EUR", 120, "EUR"),
        ("120 € in 3 Raten à 40 €", "EUR", 120, "EUR"),
        ("120 € oder in 3 Raten 40 €", "EUR", 120, "EUR"),
        ("£36.66 x 3 interest-free payments £110", "USD", 110, "GBP"),
        ("£110 £36.66 x 3 payments", "USD", 110, "GBP"),
        ("€129.95 incl. VAT (€107.39 excl. VAT)", "USD", 129.95, "EUR"),
        ("107,39 € netto 129,95 € brutto", "USD", 129.95, "EUR"),
        ("99,17 € HT 119,00 € TTC", "USD", 119, "EUR"),
        ("$170 Earn $17 back", "USD", 170, "USD"),
        ("Get $17 in rewards $170", "USD", 170, "USD"),
        ("24 Monate à 5,00 € 120 €", "USD", 120, "EUR"),
        ("$14.17 for 12 months $170", "USD", 170, "USD"),
        ("Buy Now $214 Last Sale: $180", "USD", 214, "USD"),
        ("Sell for $150 Buy for $190", "USD", 190, "USD"),
        ("Price $100 Members $80", "USD", 100, "USD"),
        ("Mitgliederpreis 80 € Preis 100 €", "USD", 100, "EUR"),
        ("Livraison 5,99 € 119,99 €", "EUR", 119.99, "EUR"),
        ("Spedizione 5,99 € Prezzo 119,99 €", "EUR", 119.99, "EUR"),
        ("$5.99 shipping $110", "USD", 110, "USD"),
        ("Highest Bid: $150", "USD", None, None),
        ("Free shipping $120", "USD", 120, "USD"),
        ("$120 Free shipping $150", "USD", 120, "USD"),
    ],
)
def test_what_is_paid_otherwise_is_no_price(text: str, own: str, amount: float | None, currency: str | None) -> None:
    price = read_price(text, None, own)
    assert (price and price.amount, price and price.currency) == (amount, currency)


def test_amounts_of_two_currencies_are_never_compared() -> None:
    assert read_price("€120 (ca. $110)") == Money(120.0, "EUR")
    assert read_price("€120 (ca. $130)", own="USD") == Money(130.0, "USD")


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("DE", "EUR"),
        ("uk", "GBP"),
        ("eu", "EUR"),
        ("CH", "CHF"),
        ("se", "SEK"),
        ("us", "USD"),
        ("EN", None),
        ("C", None),
    ],
)
def test_currencies_of_countries(country: str, code: str | None) -> None:
    assert currency_of_country(country) == code


@pytest.mark.parametrize(
    "text",
    ["4 x ", "$1 ", "save ", "kr ", "1 2 ", "1 in 2 a (", "lowest ", "30 days ", "Size 42 129 ", "$1 x 3 payments "],
)
def test_a_text_without_end_takes_no_time(text: str) -> None:
    before = process_time()
    read_price(text * 100_000)
    assert process_time() - before < 1
