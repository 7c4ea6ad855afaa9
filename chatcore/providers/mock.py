"""The built-in provider that needs no key: the demo, and the double that the tests script.

The same request and script always give the same events.
"""

import asyncio
import io
import re
import wave
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace

from chatcore.attachments.files import after_files
from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, RunEvent, TextDelta, UsageReported
from chatcore.providers.base import ChatRequest, ModelInfo, SupportedParameters

MODEL = "mock"
QUOTED = 80
"""Characters of the question that the answer repeats."""

ANSWER = """\
You asked: “{question}”. No model is connected yet, so this answer comes from the built-in **mock**. It shows what a \
real one looks like here: it streams, you can stop it, and it is kept in your browser.

## What you can try now

1. Click **Stop generating** while the text is still coming. What arrived stays.
2. Reload the page in the middle of an answer. It goes on where it was.
3. Send the next message before this one is finished. It waits in line.

| What you see | Where it is kept |
|---|---|
| This conversation ({turns}) | in this browser |
| An answer being made | on the server, until it is done |

## Code and maths

Your message has {words}. In Python that is one line:

```python
words = len("{code}".split())
```

and the mean length of its words is a small formula:

$$
\\bar{{x}} = \\frac{{1}}{{n}} \\sum_{{i=1}}^{{n}} x_i = {mean}
$$

## A real model

Set `OPENAI_API_KEY` and start the app again. Any server that speaks the same protocol works too: set \
`OPENAI_BASE_URL` to its address. The [list of settings](https://platform.openai.com/docs/api-reference) of such a \
server says which models it has.
"""


@dataclass(frozen=True, slots=True)
class MockScript:
    """The course of one answer: `tokens` of the text (None: all) at `rate` a second, then `ending`.

    `ending` None leaves the end mark out; FAILED raises `ProviderError(reason)`. With STOPPED and INTERRUPTED, which no
    provider can say, the answer falls silent and never ends.
    """

    text: str
    rate: float = 40
    tokens: int | None = None
    ending: Ending | None = Ending.COMPLETE
    reason: str = ""


class MockProvider:
    """Answers by script; without one, with a Markdown answer about the question."""

    name = "Mock"
    host = origin = "the built-in mock"
    transcription_model = MODEL

    def __init__(self, rate: float = 40, script: Callable[[ChatRequest], MockScript] | None = None) -> None:
        """`rate` is in tokens a second, for answers without a script of their own."""
        self._script = script or (lambda request: MockScript(answer(request), rate))

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        script = self._script(request)
        tokens = tokenize(script.text)[: script.tokens]
        if request.max_tokens is not None and len(tokens) > request.max_tokens:
            tokens, script = tokens[: request.max_tokens], replace(script, ending=Ending.LENGTH, reason="")
        clock = asyncio.get_running_loop().time
        start = clock()
        for number, token in enumerate(tokens):
            await asyncio.sleep(max(0.0, start + number / script.rate - clock()))
            yield TextDelta(token)
        if script.ending in (Ending.STOPPED, Ending.INTERRUPTED):
            await asyncio.get_running_loop().create_future()
        if script.ending is Ending.FAILED:
            raise ProviderError(script.reason or "The mock failed, as it was told to.")
        asked = sum(len(tokenize(message.content)) for message in request.messages)
        yield UsageReported(asked, len(tokens))
        if script.ending is not None:
            yield Ended(script.ending, script.reason)

    async def models(self) -> tuple[ModelInfo, ...]:
        return (ModelInfo(MODEL),)

    def supported_parameters(self, model: str) -> SupportedParameters:  # noqa: ARG002
        return SupportedParameters(temperature=False)

    async def transcribe(self, audio: bytes, name: str) -> str:  # noqa: ARG002
        try:
            with wave.open(io.BytesIO(audio)) as sound:
                seconds = sound.getnframes() / sound.getframerate()
        except (wave.Error, EOFError, ZeroDivisionError):
            raise ProviderError("The mock can't read this recording.") from None
        return f"[The built-in mock heard {seconds:.1f} seconds of sound, and understands no word.]"

    async def warm(self) -> None:
        """Does nothing."""

    async def aclose(self) -> None:
        """Does nothing."""


def tokenize(text: str) -> list[str]:
    """`text` in pieces of a word and the white space before it; joined they are `text`."""
    return re.findall(r"\s*\S+|\s+$", text)


def answer(request: ChatRequest) -> str:
    """A Markdown answer to the last question, the same for the same request."""
    questions = [message.content for message in request.messages if message.role == "user"]
    words = after_files(questions[-1]).split() if questions else []
    line = " ".join(words)
    shown = line if len(line) <= QUOTED else line[:QUOTED].rsplit(" ", 1)[0] + " …"
    return ANSWER.format(
        question=re.sub(r"([\\`*_{}\[\]<>&#|$:~])", r"\\\1", shown),
        code=re.sub(r'["\\]', "'", shown),
        turns=_count(len(questions), "question"),
        words=_count(len(words), "word"),
        mean=round(sum(map(len, words)) / len(words), 1) if words else 0,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
