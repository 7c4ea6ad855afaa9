"""Servers of others that speak OpenAI's chat completions, and OpenRouter.

Their lists of models say more than OpenAI's own: context window, prices, images, parameters. That is read here; the
answers are read by `openai_chat`.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from chatcore.errors import ProviderError
from chatcore.providers.base import ModelInfo
from chatcore.providers.openai_chat import OpenAIProvider

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class NoModelListError(ProviderError):
    """The server answered, but has no list of models. They can be asked by name."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} has no list of models: type the model's name.")


class CompatibleProvider(OpenAIProvider):
    """Any server that speaks OpenAI's chat completions."""

    async def _list(self, client: "AsyncOpenAI") -> AsyncIterator[object]:
        from openai import APIStatusError

        try:
            async for model in super()._list(client):
                yield model
        except APIStatusError as error:
            if error.status_code not in (404, 405) or "json" not in error.response.headers.get("content-type", ""):
                raise
        else:
            return
        raise NoModelListError(self.host)

    def _model(self, model: object) -> ModelInfo | None:
        known = super()._model(model)
        if known is None:
            return None
        context = (
            getattr(model, "context_length", None)  # OpenRouter, Together
            or getattr(model, "max_model_len", None)  # vLLM
            or _item(getattr(model, "meta", None), "n_ctx")  # llama.cpp, what it was started with
            or _item(getattr(model, "meta", None), "n_ctx_train")
        )
        supported = getattr(model, "supported_parameters", None)  # OpenRouter, which passes over all others
        if isinstance(supported, list) and supported:
            self._refused.add(known.id, (name for name in ("temperature", *self._limits) if name not in supported))
        pricing = getattr(model, "pricing", None)
        modalities = _item(getattr(model, "architecture", None), "input_modalities")
        return ModelInfo(
            known.id,
            context if isinstance(context, int) and context > 0 else None,
            _per_million(_item(pricing, "prompt")),
            _per_million(_item(pricing, "completion")),
            "image" in modalities if isinstance(modalities, list) else None,
        )


class OpenRouterProvider(CompatibleProvider):
    """OpenRouter. Its usage always comes with the cost; its list of models is open to everybody."""

    async def _list(self, client: "AsyncOpenAI") -> AsyncIterator[object]:
        from openai import NotFoundError

        try:  # A wrong key would get the list as well.
            if self._api_key:
                await client.get("/key", cast_to=object)
        except NotFoundError:
            """Not OpenRouter's own server: it has no such path."""
        async for model in super()._list(client):
            yield model


def _item(mapping: object, name: str) -> object:
    return mapping.get(name) if isinstance(mapping, dict) else None


def _per_million(price: object) -> float | None:
    """US dollars for a million tokens, from OpenRouter's text for one; None for "-1", a price that varies."""
    try:
        dollars = float(price) if isinstance(price, (str, int, float)) else -1.0
    except ValueError:
        return None
    return round(dollars * 1e6, 6) if 0 <= dollars < 1 else None
