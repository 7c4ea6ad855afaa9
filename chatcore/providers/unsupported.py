"""Optional parameters that a model may refuse: the request is sent again without them, and the refusal is remembered.

The same for every SDK; the adapters build the first request.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias, TypeVar

LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
"""The names of the limit of an answer in the APIs."""

OPTIONAL = ("temperature", "reasoning", *LIMITS)
"""The parameters that an answer can do without."""

REFUSING = (400, 422)

OUT_OF_RANGE = re.compile(
    r"too (large|high|big|small|low)|at (most|least)|maximum|minimum|exceed|(less|greater|more) than|[<>]=? ?\d", re.I
)
"""Words of a refusal that is about the value: another value may be taken, so that is not remembered."""

Body: TypeAlias = dict[str, Any]
T = TypeVar("T")


class Refused:
    """The parameters that the models of one provider have refused. `by` may be called in any thread."""

    def __init__(self) -> None:
        # The sets are replaced, never changed: they are read in any thread.
        self._by_model: dict[str, frozenset[str]] = {}

    def by(self, model: str) -> frozenset[str]:
        return self._by_model.get(model, frozenset())

    def add(self, model: str, names: Iterable[str]) -> None:
        if added := frozenset(names):
            self._by_model[model] = self.by(model) | added

    async def ask(
        self, post: Callable[[Body], Awaitable[T]], body: Body, errors: tuple[type[Exception], ...], *limits: str
    ) -> T:
        """The result of `post` for the body, without the parameters that the model refuses. Raises its other errors.

        `limits` are the names of the limit in this API, in the order in which they are tried; the body has the first.
        A refusal is remembered only once leaving the parameter out has helped: an error may name one and mean something
        else.
        """
        left_out = lasting = self.by(body["model"])
        while True:
            sent = _without(body, left_out, limits)
            try:
                answer = await post(sent)
                break
            except errors as error:
                name = _refused_by(error, sent)
                if name is None:
                    raise
                out_of_range = OUT_OF_RANGE.search(_said(error)) is not None
            left_out |= {*limits} if out_of_range and name in limits else {name}
            lasting |= set() if out_of_range else {name}
        self.add(body["model"], lasting)
        return answer


def _without(body: Body, left_out: frozenset[str], limits: tuple[str, ...]) -> Body:
    sent = {name: value for name, value in body.items() if name not in left_out}
    spare = [name for name in limits if name not in left_out]
    return sent | ({spare[0]: body[limits[0]]} if spare and limits[0] in body else {})


def _refused_by(error: Exception, sent: Body) -> str | None:
    """The parameter that a refusal is about; None for other errors. A server may use another name of the limit."""
    if getattr(error, "status_code", None) not in REFUSING:
        return None
    param = getattr(error, "param", None)
    about = param if isinstance(param, str) and param else _said(error)
    names = {name: "|".join(LIMITS) if name in LIMITS else name for name in OPTIONAL if name in sent}
    return next((name for name, words in names.items() if re.search(rf"\b({words})\b", about)), None)


def _said(error: Exception) -> str:
    return str(getattr(error, "message", ""))
