"""A `BrowserStore` over what a browser has stored, and a chat so long that only what is new in it is written."""

from dataclasses import replace
from typing import Any

from chatcore.conversation.tree import Conversation
from chatcore.storage import codec, keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.store import BrowserStore
from tests.support.asking import by
from tests.support.builders.chats import DONE, leaf, through_json
from tests.support.fake_browser import stamp_of

Items = dict[str, Any]


def opened(items: Items) -> BrowserStore:
    return BrowserStore(load_storage(through_json(items)))


def store(browser_store: BrowserStore, items: Items, *keys: str) -> None:
    """Write what is pending (of it, only `keys`), and confirm it."""
    for write in [write for write in browser_store.pending_writes if not keys or write.key in keys]:
        put(items, write.key, write.value)
        browser_store.pending_writes.confirm({write.key: stamp_of(items.get(write.key))})
    for key in browser_store.pending_writes.take_leftovers():
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


def stored_long(long: Conversation) -> tuple[BrowserStore, Items]:
    items: Items = {keys.chat_key(long.id): codec.dump(long)}
    browser_store = opened(items)
    store(browser_store, items)
    return browser_store, items


def written(browser_store: BrowserStore) -> list[str]:
    return [
        write.key
        for write in browser_store.pending_writes
        if write.key.startswith((keys.CHAT_PREFIX, keys.TAIL_PREFIX))
    ]
