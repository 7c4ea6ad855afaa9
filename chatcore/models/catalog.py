"""Facts about models, known without asking a provider: the context window, the prices, whether images are taken.

They come from genai-prices, which is read as it was installed and never updated over the network.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from chatcore.providers.base import ModelInfo
from chatcore.providers.vendors import VENDORS

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelPrice

_IMAGES: tuple[tuple[str, bool], ...] = (
    ("^mock$", True),
    (r"claude-(instant|v?[12])\b", False),
    ("claude", True),
    (r"gpt-3|gpt-oss|o1-(mini|preview)|o3-mini|deepseek-(chat|reasoner|r1|v3)|codestral|audio|search-preview", False),
    (r"gpt-4(-32k|-\d{4})*$", False),
    (r"gpt-(4o|4\.|4-turbo|4-vision|[5-9])|chatgpt-4o|gemini|llava|vision|pixtral|-vl\b", True),
    (r"(^|/)o[134]\b", True),
)
"""Patterns of a model's name in lower case, and whether such a model takes images. The first that fits counts."""


def enriched(info: ModelInfo, vendor: str, base_url: str = "") -> ModelInfo:
    """`info` with its unknown fields filled in. The first call imports genai-prices, which takes 0.15 s and 16 MB."""
    info = with_images(info)
    found = _lookup(vendor, base_url, info.id)
    if found is None:
        return info
    context, price = found
    if info.context is None:
        info = replace(info, context=context)
    if info.input_price is None and info.output_price is None:
        info = replace(info, input_price=_base(price.input_mtok), output_price=_base(price.output_mtok))
    return info


def at_once(info: ModelInfo, vendor: str, base_url: str = "") -> ModelInfo:
    """As `enriched`, but without prices while genai-prices is not imported, so that no caller waits for that."""
    return enriched(info, vendor, base_url) if _snapshot.cache_info().currsize else with_images(info)


def with_images(info: ModelInfo) -> ModelInfo:
    """`info` with `takes_images` filled in by the name of the model, where it is unknown."""
    return info if info.takes_images is not None else replace(info, takes_images=_takes_images(info.id))


def load() -> None:
    """Import genai-prices now."""
    _snapshot()


@cache
def _snapshot() -> "DataSnapshot":
    from genai_prices.data_snapshot import get_snapshot

    return get_snapshot()


def _lookup(vendor: str, base_url: str, model: str) -> "tuple[int | None, ModelPrice] | None":
    """Context window and prices of a model at that address: the same model costs nothing on one's own machine."""
    known = VENDORS.get(vendor)
    address = base_url or (known.base_url if known else "")
    try:
        _, found = _snapshot().find_provider_model(model, None, None, address)
    except LookupError:
        return None
    return found.context_window, found.get_prices(datetime.now(UTC))


def _base(price: object) -> float | None:
    """US dollars for a million tokens. Where long prompts cost more, the price of the others."""
    price = getattr(price, "base", price)
    return None if price is None else float(str(price))


def _takes_images(model: str) -> bool | None:
    name = model.lower()
    return next((supported for pattern, supported in _IMAGES if re.search(pattern, name)), None)
