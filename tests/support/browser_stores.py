"""A shelf over what a browser has stored, and a chat so long that it is written by its tail."""

from dataclasses import replace
from typing import Any

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.storage import codec, compression
from chatcore.storage.browser.loading import restore
from chatcore.storage.browser.store import SMALL, Shelf
from tests.support.asking import by
from tests.support.builders.chats import DONE, leaf, through_json
from tests.support.fake_browser import stamp_of

Items = dict[str, Any]


def opened(items: Items) -> Shelf:
    return Shelf(restore(through_json(items)))


def store(shelf: Shelf, items: Items, *keys: str) -> None:
    """Write what is pending (of it, only `keys`), and confirm it."""
    for write in [write for write in shelf.outbox if not keys or write.key in keys]:
        put(items, write.key, write.value)
        shelf.outbox.confirm({write.key: stamp_of(items.get(write.key))})
    for key in shelf.outbox.take_leftovers():
        items.pop(key, None)


def put(items: Items, key: str, value: Any) -> None:
    items.pop(key, None)
    if value is not None:
        items[key] = through_json(value)


def foreign(text: str, number: int) -> str:
    """Text that packing does not make short."""
    return "".join(chr(0x4E00 + (hash((text, number, at)) % 20_000)) for at in range(400))


def long_chat(turns: int = 60) -> Conversation:
    chat = Conversation()
    for number in range(turns):
        chat = chat.ask(foreign("question", number), by("m"))
        chat = chat.finish(leaf(chat), replace(DONE, text=foreign("answer", number)))
    return chat


@pytest.fixture(name="long", scope="module")
def one_long_chat() -> Conversation:
    chat = long_chat()
    assert len(compression.text_of(compression.pack(codec.dump(chat)))) > SMALL
    return chat


def stored_long(long: Conversation) -> tuple[Shelf, Items]:
    items: Items = {codec.chat_key(long.id): codec.dump(long)}
    shelf = opened(items)
    store(shelf, items)
    return shelf, items


def written(shelf: Shelf) -> list[str]:
    return [write.key for write in shelf.outbox if write.key.startswith((codec.CHAT_PREFIX, codec.TAIL_PREFIX))]
