"""What is said where, whatever the language: sentences that are put together, and the program's own in translation."""

import math
import re
from datetime import datetime, timedelta
from functools import cache

from chatcore.conversation.search import Hit
from chatcore.events import Ended, Ending, RetryScheduled
from chatcore.providers.base import ModelInfo
from chatcore.session.undo import Undo
from chatcore.ui import i18n
from chatcore.ui.i18n.markup import plain

_COUNTED = re.compile(r"(\d+) (chat|persona)s?")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def said(text: str) -> str:
    """What the program says in English, in the language of the page; as it is where that has no words for it."""
    table = i18n.SAID
    if not table or text in table:
        return table.get(text, text)
    for pattern, translation in _patterns(i18n.language()):
        if match := pattern.fullmatch(text):
            return translation.format(**{name: _given(value) for name, value in match.groupdict().items()})
    return text


@cache
def _patterns(_language: str) -> list[tuple[re.Pattern[str], str]]:
    """Those of the table's texts that have places, the longest first: each may fit where a longer one does."""
    templates = sorted((item for item in i18n.SAID.items() if "{" in item[0]), key=lambda item: -len(item[0]))
    # What stands in a place is bounded: the text may come from the browser's storage, and be made to cost time.
    places = r"(?P<\1>.{0,300}?)"
    return [(re.compile(_PLACE.sub(places, re.escape(english))), translation) for english, translation in templates]


def _given(value: str) -> str:
    """What stands in a place of a sentence: a number, a name, or another sentence."""
    return i18n.number(int(value.replace(",", ""))) if _NUMBER.fullmatch(value) else said(value)


def storage(stored: bool) -> dict[str, str] | None:
    """What the line about the storage can say; nothing of a chat that is empty or not to be stored."""
    return i18n.STORAGE if stored else None


def undone(undo: Undo) -> str:
    several = _COUNTED.fullmatch(undo.name)
    count = i18n.personas if several and several[2] == "persona" else i18n.chats
    name = count(int(several[1])) if several else undo.name
    return i18n.UNDONE[undo.act].format(name=plain(name))


def found(hit: Hit) -> str:
    """A chat that was found, with the place."""
    title = plain(hit.entry.title or i18n.UNTITLED)
    if not hit.match:
        return title
    return f"{title}  \n:small[:gray[{plain(hit.before)}]**{plain(hit.match)}**:gray[{plain(hit.after)}]]"


def day(updated: int, now: datetime) -> str:
    """The group of the list in which a chat stands that was changed at `updated`, milliseconds since 1970."""
    then = datetime.fromtimestamp(min(updated, 10**13) / 1000, now.tzinfo)
    days = (now.date() - then.date()) / timedelta(days=1)
    for least, name in zip((1, 2, 8, 31), i18n.DAYS, strict=True):
        if days < least:
            return name
    return f"{i18n.MONTHS[then.month - 1]} {then.year}"


def size(characters: int) -> str:
    """Of a text in the storage, or of a file, whose bytes it gets."""
    if characters >= 1e5:
        return f"{i18n.number(characters / 1e6, 1)} MB"
    return f"{math.ceil(characters / 1e3)} kB"


def attached(name: str, bytes_: int, rest: str) -> str:
    """A file of the message that is being written."""
    return plain(f"{name} · {size(bytes_)} · {rest}")


def used(characters: int, of: int) -> str:
    return i18n.used_of(size(characters), size(of))


def answers(provider: str, name: str) -> str:
    """Who answers, on the button that changes it."""
    if name.lower() == provider.lower():
        return plain(provider)
    return plain(f"{said(provider)} · {name or i18n.NO_MODEL}")


def model(info: ModelInfo) -> str:
    """What is known of a model, in one line."""
    facts = [i18n.context(info.context)] if info.context else []
    if info.input_price is not None and info.output_price is not None:
        facts.append(i18n.prices(info.input_price, info.output_price))
    if info.takes_images is not None:
        facts.append(i18n.TAKES_IMAGES if info.takes_images else i18n.TAKES_NO_IMAGES)
    return plain(" · ".join(facts) or i18n.UNKNOWN_MODEL)


def retrying(retry: RetryScheduled, left: float) -> str:
    """The line under a question while the provider is given time."""
    when = i18n.trying_again(math.ceil(max(0.0, left)), retry.attempt, retry.attempts)
    return plain(f"{said(retry.reason).rstrip('.')}: {when}")


def thinking(seconds: float, thought: str) -> str:
    """The line under a question while the model thinks aloud: the end of it."""
    line = " ".join(thought.split())
    return f"{i18n.THINKING} · {int(seconds)} s" + (f" · *{plain(line)}*" if line else "")


def waiting(seconds: float) -> str:
    """The line under a question until the first word of its answer."""
    return f"{i18n.WAITING} · {int(seconds)} s"


def note(text: str, ended: Ended) -> str:
    """What is said under an answer about how it ended; empty where nothing needs saying."""
    if ended.ending is Ending.INTERRUPTED and not text:
        return i18n.NOTHING_SAVED
    if ended.ending is Ending.COMPLETE and not text.strip():
        return i18n.EMPTY_ANSWER
    return said(ended.reason) or i18n.ENDINGS.get(ended.ending, "")
