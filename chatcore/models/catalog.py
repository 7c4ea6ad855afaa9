"""What is known of a model without asking: its context window, its prices, whether it takes images.

Owns the way to genai-prices, which is read offline, as it was installed, and never updated over the network.
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
"""By the name, in lower case; the first that fits."""


def enriched(info: ModelInfo, vendor: str, base_url: str = "") -> ModelInfo:
    """`info` with what its provider left open filled in. The first call imports genai-prices: 0.15 s and 16 MB."""
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
    """`enriched` once genai-prices is imported; until then what needs no import. Nothing waits."""
    return enriched(info, vendor, base_url) if _snapshot.cache_info().currsize else with_images(info)


def with_images(info: ModelInfo) -> ModelInfo:
    """`info`, and whether the model takes images by its name, where its provider does not say."""
    return info if info.takes_images is not None else replace(info, takes_images=_takes_images(info.id))


def load() -> None:
    """Do the slow part now."""
    _snapshot()


@cache
def _snapshot() -> "DataSnapshot":
    from genai_prices.data_snapshot import get_snapshot

    return get_snapshot()


def _lookup(vendor: str, base_url: str, model: str) -> "tuple[int | None, ModelPrice] | None":
    """Context window and prices at that address: the same name costs nothing on one's own machine."""
    known = VENDORS.get(vendor)
    address = base_url or (known.base_url if known else "")
    try:
        _, found = _snapshot().find_provider_model(model, None, None, address)
    except LookupError:
        return None
    return found.context_window, found.get_prices(datetime.now(UTC))


def _base(price: object) -> float | None:
    """Dollars for a million tokens, of a prompt that is not long."""
    price = getattr(price, "base", price)
    return None if price is None else float(str(price))


def _takes_images(model: str) -> bool | None:
    name = model.lower()
    return next((supported for pattern, supported in _IMAGES if re.search(pattern, name)), None)
