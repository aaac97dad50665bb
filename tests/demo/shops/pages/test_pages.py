"""The pages, read with lxml, json and extruct and not with the crawler."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import extruct
import pytest
from lxml import html

from demo.shops import SHOPS
from demo.shops.server import storefronts
from demo.shops.stock.truth import truth_rows
from tests.demo.shops.reading import SHOPIFY, STARTS, feed, fetch, page


@pytest.fixture(scope="module")
def truth(paper_stock):
    rows = list(truth_rows(paper_stock))
    return {shop: {row["listing_id"] for row in rows if row["shop"] == shop} for shop in SHOPS}


def sample(found, paper_stock, shop):
    """(offer, its page) of every fourth listing."""
    by_slug = {offer.slug: offer for offer in paper_stock[shop]}
    for url in sorted(found[shop])[::4]:
        slug = urlsplit(url).path.rpartition("/")[2].removesuffix(".html")
        offer = by_slug[re.sub(r"^\d+-", "", slug) if shop == "footshop" else slug]
        yield offer, page(url), url


def linked_product(tree, url):
    data = extruct.extract(html.tostring(tree, encoding="unicode"), base_url=url, syntaxes=["json-ld"])["json-ld"]
    (product,) = [item for item in data if item["@type"] == "Product"]
    return product


class TestCompleteness:
    @pytest.mark.parametrize("shop", SHOPS)
    def test_collections_hold_every_listing_of_the_truth(self, shop, found, paper_stock, truth):
        by_slug = {offer.slug: offer for offer in paper_stock[shop]}
        reached = set()
        for url, starts in found[shop].items():
            slug = re.sub(r"^\d+-", "", url.rpartition("/")[2].removesuffix(".html")) if shop == "footshop" else None
            offer = by_slug[slug or url.rpartition("/")[2]]
            reached |= {listing_id for listing_id, _ in offer.truth}
            assert {start.rpartition("/")[2] for start in starts} == {
                name.rpartition("/")[2] for name in offer.collections
            }
        assert reached == truth[shop]

    @pytest.mark.parametrize("shop", SHOPIFY)
    def test_feeds_hold_every_listing_of_the_truth(self, shop, paper_shops, truth):
        products = list(feed(paper_shops[shop], limit=20))
        assert len({product["id"] for product in products}) == len(products)
        ids = set()
        for product in products:
            colours = [option["values"] for option in product["options"] if option["name"] == "Color"]
            ends = [f"-{re.sub('[^a-z]+', '-', colour.lower())}" for colour in colours[0]] if colours else [""]
            ids |= {f"{product['id']}{end}" for end in ends}
        assert ids == truth[shop]

    def test_superkicks_collections_have_feeds_of_their_own(self, paper_shops, paper_stock):
        for name in ("men-sneakers", "women-basketball-sneakers"):
            ids = {
                str(product["id"]) for product in feed(paper_shops["superkicks"], f"/collections/{name}/products.json")
            }
            assert ids == {offer.listing_id for offer in paper_stock["superkicks"] if name in offer.collections}
            assert ids

    def test_pages_are_many(self, paper_shops):
        visited = {shop: [hit.path for hit in paper_shops.hits[shop]] for shop in SHOPS}
        assert all(any("page=2" in path or "page-2" in path for path in visited[shop]) for shop in SHOPS)


class TestFeed:
    def test_the_limit_is_kept_up_to_a_point_and_an_empty_list_is_the_end(self, paper_shops):
        def count(query):
            return len(json.loads(fetch(f"{paper_shops['kickscrew']}/products.json{query}").body)["products"])

        assert (count("?limit=7"), count("?limit=7&page=2"), count(""), count("?limit=250")) == (7, 7, 30, 50)
        assert count("?limit=250&page=40") == 0

    @pytest.mark.parametrize("shop", SHOPIFY)
    def test_products(self, shop, paper_shops, paper_stock):
        by_id = {offer.listing_id: offer for offer in paper_stock[shop]}
        for product in feed(paper_shops[shop]):
            offer = by_id[str(product["id"])]
            assert (product["title"], product["handle"], product["vendor"]) == (offer.title, offer.slug, offer.brand)
            assert {float(variant["price"]) for variant in product["variants"]} == {offer.price}
            olds = {variant["compare_at_price"] for variant in product["variants"]}
            assert olds == {f"{offer.old_price:.2f}" if offer.old_price else None}
            assert len(product["images"]) == len(offer.photos)
            assert len({variant["id"] for variant in product["variants"]}) == len(product["variants"])
            code = offer.style_code or "no code"
            assert (f": {code}" in product["body_html"]) == (shop == "sneakerbaas" and code in str(offer.description))
            assert all(variant["sku"].startswith(code) for variant in product["variants"]) == (
                shop == "superkicks" and offer.style_code is not None
            )

    def test_colours_are_tied_to_photos(self, paper_shops, paper_stock):
        offers = {offer.listing_id: offer for offer in paper_stock["sneakerbaas"] if offer.swatches}
        assert offers
        for product in feed(paper_shops["sneakerbaas"]):
            if str(product["id"]) not in offers:
                assert all(not image["variant_ids"] for image in product["images"])
                continue
            colours = {variant["id"]: variant["option2"] for variant in product["variants"]}
            shown: dict[str, int] = {}
            for image in product["images"]:
                (colour,) = {colours[variant] for variant in image["variant_ids"]}
                shown[colour] = shown.get(colour, 0) + 1
            offer = offers[str(product["id"])]
            assert shown == {swatch.colour: len(swatch.photos) for swatch in offer.swatches}

    def test_one_product(self, paper_shops, paper_stock):
        offer = paper_stock["kickscrew"][2]
        product = json.loads(fetch(f"{paper_shops['kickscrew']}/products/{offer.slug}.json").body)["product"]
        assert (str(product["id"]), product["title"]) == (offer.listing_id, offer.title)

    def test_it_can_be_switched_off(self, paper):
        with storefronts(paper, json_api=False, shops=SHOPIFY) as shops:
            for shop in SHOPIFY:
                assert fetch(f"{shops[shop]}/products.json").status == 404
                assert fetch(f"{shops[shop]}/collections/all/products.json").status == 404
                assert fetch(f"{shops[shop]}{STARTS[shop][0]}").status == 200


class TestProductPages:
    @pytest.mark.parametrize("shop", SHOPS)
    def test_linked_data(self, shop, found, paper_stock):
        for offer, tree, url in sample(found, paper_stock, shop):
            product = linked_product(tree, url)
            assert (product["name"], product["brand"]["name"]) == (offer.title, offer.brand)
            assert len(product["image"]) == len(offer.photos)
            offers = product["offers"] if isinstance(product["offers"], list) else [product["offers"]]
            assert {(float(one["price"]), one["priceCurrency"]) for one in offers} == {(offer.price, offer.currency)}

    @pytest.mark.parametrize("shop", SHOPIFY)
    def test_shopify_pages_tell_the_products_number(self, shop, found, paper_stock):
        for offer, tree, _ in sample(found, paper_stock, shop):
            assert tree.xpath("//form[@action='/cart/add']//input[@name='product-id']/@value") == [offer.listing_id]
            script = next(text for text in tree.xpath("//script/text()") if "var meta" in text)
            meta = json.loads(re.search(r"var meta = (\{.*\});\n", script)[1])
            assert str(meta["product"]["id"]) == offer.listing_id

    def test_sneakerbaas(self, found, paper_stock):
        broken = 0
        for offer, tree, url in sample(found, paper_stock, "sneakerbaas"):
            (row,) = tree.xpath("//div[@class='page-row-content']")
            meta = {name: row.xpath(f".//meta[@itemprop='{name}']/@content") for name in ("brand", "price", "name")}
            assert (meta["brand"], float(meta["price"][0])) == ([offer.brand], offer.price)
            broken += meta["name"] != [offer.title]
            assert (meta["name"] == [offer.title]) == ('"' not in offer.title)
            gallery = row.xpath(".//div[@class='swiper-slide product-image']/a[@data-fancybox='productGallery']/@href")
            assert len(gallery) == len(offer.photos)
            assert all(re.fullmatch(r"//127\.0\.0\.1:\d+/cdn/shop/files/\d+-\d\.jpg\?v=\d+", src) for src in gallery)
            assert len(row.xpath("//img/@src")) > len(gallery) + 2, "there is more to see than the shoe"
            said = row.xpath(".//meta[@itemprop='description']/@content")[0]
            code = re.search(r"(?:Stijlcode|Stylecode|Style code): (\S+)", said)
            assert (code[1] if code else None) == offer.style_code
            assert "/collections/sneakers/products/" in url
        assert broken > 3

    def test_superkicks(self, found, paper_stock):
        for offer, tree, _ in sample(found, paper_stock, "superkicks"):
            assert tree.xpath("string(//p[contains(@class, 'product__vendor')])") == offer.brand
            assert tree.xpath("string(//div[@class='product__title']/h1)") == offer.title
            assert tree.xpath("string(//span[contains(@class, 'price-item--regular')])") == f"₹ {offer.price:,.2f}"
            names = [text.text for text in tree.xpath("//span[@class='product_description-name']")]
            values = [text.text for text in tree.xpath("//span[@class='product_description-value']")]
            assert dict(zip(names, values, strict=True)).get("Article Code") == offer.style_code

    def test_footshop(self, found, paper_stock):
        for offer, tree, url in sample(found, paper_stock, "footshop"):
            assert re.search(rf"/en/(mens|womens|kids)-shoes/{offer.listing_id}-[a-z0-9-]+\.html$", url)
            (heading,) = tree.xpath("//div[starts-with(@class, 'Headline_wrapper_')]/h1")
            assert (heading.text.strip(), heading.xpath("string(small)")) == (offer.title, offer.colour)
            prices = tree.xpath("//*[starts-with(@class, 'Properties_priceValue')]/text()")
            wanted = [offer.price] + ([offer.old_price] if offer.old_price else [])
            assert [float(price.replace("\N{NO-BREAK SPACE}", " ").removesuffix(" €")) for price in prices] == wanted
            (script,) = tree.xpath("//script[@data-hypernova-key='ProductDetail']/text()")
            data = json.loads(re.fullmatch(r"<!--(.*)-->", script, re.DOTALL)[1])["product_data"]
            assert (data["name"], data["color"], data["sku"]) == (offer.title, offer.colour, offer.style_code or "")
            assert len(data["images"]["other"]) == len(offer.photos)

    def test_footshop_listings_carry_microdata(self, paper_shops, paper_stock):
        by_id = {offer.listing_id: offer for offer in paper_stock["footshop"]}
        answer = fetch(f"{paper_shops['footshop']}/en/5-mens-shoes")
        items = extruct.extract(answer.body.decode(), base_url=paper_shops["footshop"], syntaxes=["microdata"])
        products = items["microdata"][0]["properties"]["itemListElement"]
        assert len(products) == 24
        for product in products:
            said = product["properties"]
            offer = by_id[re.search(r"/(\d+)-", said["url"])[1]]
            assert (said["name"], said.get("sku")) == (offer.title, offer.style_code)
            assert float(said["offers"]["properties"]["price"]) == offer.price
            assert said["brand"]["properties"]["name"] == offer.brand

    def test_highsnobiety(self, found, paper_stock):
        for offer, tree, url in sample(found, paper_stock, "highsnobiety"):
            assert url.endswith(f"/en-us/shop/product/{offer.listing_id}")
            state = json.loads(tree.xpath("string(//script[@id='__NEXT_DATA__'])"))["props"]["pageProps"]["product"]
            assert (state["name"], state["slug"]) == (offer.title, offer.listing_id)
            assert state["price"] == {"amount": offer.price, "currency": "USD"} | (
                {"compareAt": offer.old_price} if offer.old_price else {}
            )
            zooms = tree.xpath("//img[starts-with(@id, 'pdp_image_zoom_')]/@srcset")
            assert len(zooms) == len(offer.photos)
            assert all(re.fullmatch(r"(http\S+\?w=\d+ \d+w(, )?){3}", zoom) for zoom in zooms)

    def test_highsnobietys_search_counts_from_nought(self, paper_shops):
        for query, number in (("", 0), ("?page=2", 1)):
            tree = page(f"{paper_shops['highsnobiety']}/en-us/shop/category/footwear/sneakers{query}")
            state = json.loads(tree.xpath("string(//script[@id='__NEXT_DATA__'])"))
            assert state["props"]["pageProps"]["results"]["page"] == number

    def test_unknown_addresses(self, paper_shops):
        for shop in SHOPS:
            for path in ("/nothing", "/products/none", "/en/mens-shoes/1-none.html", "/en-us/shop/product/none"):
                assert fetch(paper_shops[shop] + path).status == 404
