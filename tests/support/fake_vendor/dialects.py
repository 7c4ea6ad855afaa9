"""How a provider speaks: one answer said in the protocol of each vendor, so that one suite serves them all.

A vendor joins with a `Dialect` in a module of its own and one line in `every_dialect`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chatcore.events import Ending
from chatcore.providers.base import Provider
from chatcore.providers.openai_chat import OpenAIProvider
from tests.support.asking import KEY
from tests.support.fake_vendor.scripts import DONE, Event, Script, Step, chunk, finish, usage


def openai_error(kind: str, message: str) -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": kind, "param": None}}


@dataclass(frozen=True)
class Dialect:
    """The steps that make an answer: `begin`, any of `say`, `refuse` and `think`, then `end`."""

    make: Callable[..., Provider]
    """From `key` and `base_url`, with the timeouts of `SDKProvider` as they are."""
    say: Callable[[str], Step]
    refuse: Callable[[str], Step]
    think: Callable[[str], Step]
    end: Callable[[Ending], tuple[Step, ...]]
    """COMPLETE, LENGTH, FILTERED (where the vendor has that) or REFUSED, with the usage: 7 tokens in, 5 out."""
    cut_short: tuple[Step, ...]
    """What the stream stops with when its end mark is missing."""
    report: Callable[[str, str], Step]
    """An error inside the stream, of this type or code and with this message."""
    begin: tuple[Step, ...] = ()
    error: Callable[[str, str], object] = openai_error
    """What an answer with an HTTP status of failure holds, for this type or code and with this message."""
    limit: str = "max_tokens"
    """What the most that the model may write is called."""
    temperature: bool = True
    """Whether there is such a parameter."""
    endings: tuple[Ending, ...] = (Ending.COMPLETE, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED)

    def answer(self, *texts: str, ending: Ending = Ending.COMPLETE) -> Script:
        """A whole, correct answer."""
        say = self.refuse if ending is Ending.REFUSED else self.say
        return Script((*self.begin, *map(say, texts), *self.end(ending)))

    def midway(self, *steps: Step, said: str = "Hel") -> Script:
        """An answer in which this comes after the first words."""
        return Script((*self.begin, self.say(said), *steps))


CHAT_REASONS = {Ending.COMPLETE: "stop", Ending.LENGTH: "length", Ending.FILTERED: "content_filter"}
CHAT = Dialect(
    make=lambda base_url, key=KEY, **timeouts: OpenAIProvider("OpenAI", key, base_url, **timeouts),
    say=lambda text: Event(chunk({"content": text})),
    refuse=lambda text: Event(chunk({"refusal": text})),
    think=lambda text: Event(chunk({"reasoning_content": text})),
    end=lambda ending: (finish(CHAT_REASONS.get(ending, "stop")), usage(7, 5), DONE),
    cut_short=(DONE,),
    report=lambda kind, message: Event({"error": {"message": message, "type": kind}}),
)
