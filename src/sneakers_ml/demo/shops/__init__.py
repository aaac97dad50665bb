"""The demo's shops: storefronts on loopback that sell the rendered sneakers with the markup of five real shops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from sneakers_ml.demo.shops.faults import Faults
from sneakers_ml.demo.shops.hits import Hit, Storefronts
from sneakers_ml.demo.shops.offer import SHOPS, STOCK_SEED, Offer
from sneakers_ml.demo.shops.stock import build_stock
from sneakers_ml.demo.shops.truth import write_truth

__all__ = ["SHOPS", "Faults", "Hit", "Offer", "Storefronts", "build_stock", "storefronts", "write_truth"]


def storefronts(
    folder: Path,
    *,
    seed: int = STOCK_SEED,
    style_codes: bool = True,
    shops: Sequence[str] | None = None,
    faults: Mapping[str, Faults] | None = None,
    json_api: bool = True,
    host: str = "127.0.0.1",
    port: int = 0,
) -> AbstractContextManager[Storefronts]:
    """Serve the demo in `folder` while the block lasts; gives shop -> "http://127.0.0.1:PORT", and `hits` beside it.

    `shops` None is all five. Without `style_codes` no shop tells one; without `json_api` the Shopify shops' .json paths
    are unknown. The listing ids are those of `folder`'s truth.csv while `seed` is the default. `port` 0 takes any free
    ones, another number that one and those after it. Drawing the demo needs no web server, so it is loaded only here.

    Raises:
        DataError: `folder` holds no demo.
        UsageError: there is no such shop.
        SneakersError: the port is taken.
    """
    from sneakers_ml.demo.shops.server import serve_shops

    return serve_shops(
        folder,
        seed=seed,
        style_codes=style_codes,
        shops=shops,
        faults=faults,
        json_api=json_api,
        host=host,
        port=port,
    )
