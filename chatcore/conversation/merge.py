"""One conversation of two that were changed apart: in two tabs, in the browser and the database, in a backup.

Commutative, associative and idempotent, and no message is ever dropped: so whatever is merged with whatever, in any
order and however often, everybody ends up with the same. A message and a draft are known by their ids; of two versions
of one, the higher revision holds.
"""

import heapq
from collections.abc import Container, Iterable
from dataclasses import replace

from chatcore.conversation.messages import Draft, Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ending
from chatcore.ids import after


def merge(one: Conversation, other: Conversation) -> Conversation:
    """Everything of both. The branch on screen is that of the higher revision. Raises ValueError for different chats.

    Where both have the same revision, the choice is any, but always the same.
    """
    if one.id != other.id:
        raise ValueError("These are different chats.")
    messages = _newest((*one.messages, *other.messages))
    withdrawn = one.withdrawn | other.withdrawn
    personas = {persona.digest: persona for persona in (*one.personas, *other.personas)}
    revision, leaf = max((one.revision, one.leaf or ""), (other.revision, other.leaf or ""))
    return replace(
        one,
        revision=revision,
        created=min(one.created, other.created),
        messages=ordered(messages.values()),
        leaf=leaf or None,
        queue=unsent((*one.queue, *other.queue), messages, withdrawn),
        withdrawn=withdrawn,
        made_title=max(one.made_title, other.made_title),
        personas=tuple(personas[digest] for digest in sorted(personas)),
        label=max(one.label, other.label, key=lambda label: (label.revision, label.name, label.pinned)),
    )


def changes(chat: Conversation, since: Conversation) -> Conversation:
    """The chat with only the messages that `since` lacks or has in an older version; merged with `since`, the chat."""
    known = {message.id: message for message in since.messages}
    changed = (new for new in chat.messages if (old := known.get(new.id)) is not new and old != new)
    personas = tuple(persona for persona in chat.personas if persona not in since.personas)
    return replace(chat, messages=tuple(changed), personas=personas)


def covers(one: Conversation, other: Conversation) -> bool:
    """Whether `one` has everything that `other` has: merging brings nothing new but the branch on screen."""
    merged = merge(one, other)
    return replace(merged, revision=0, leaf=None) == replace(merge(one, one), revision=0, leaf=None)


def ordered(messages: Iterable[Message]) -> tuple[Message, ...]:
    """By time, parents before their children. Those whose parent is missing come as roots, and so do circles.

    Ids are different. Depends on nothing but the messages themselves.
    """
    children: dict[str | None, list[Message]] = {}
    waiting = {message.id: message for message in messages}
    for message in waiting.values():
        children.setdefault(message.parent if message.parent in waiting else None, []).append(message)
    result: list[Message] = []
    oldest = iter(sorted(waiting.values(), key=_place))
    ready = [(*_place(message), message) for message in children.pop(None, [])]
    heapq.heapify(ready)
    while waiting:
        if not ready:
            first = next(message for message in oldest if message.id in waiting)
            ready = [(*_place(first), first)]
        message = heapq.heappop(ready)[-1]
        if waiting.pop(message.id, None) is not None:
            result.append(message)
            for child in children.get(message.id, ()):
                heapq.heappush(ready, (*_place(child), child))
    return tuple(result)


def unsent(drafts: Iterable[Draft], sent: Container[str], withdrawn: Container[str]) -> tuple[Draft, ...]:
    """The drafts that are neither sent nor withdrawn, each once, in the order of their times."""
    by_id = {draft.id: draft for draft in sorted(drafts, key=repr)}
    left = (draft for draft in by_id.values() if draft.id not in sent and draft.id not in withdrawn)
    return tuple(sorted(left, key=_place))


def _place(dated: Message | Draft) -> tuple[int, str]:
    return dated.created, dated.id


def _newest(messages: Iterable[Message]) -> dict[str, Message]:
    """By id, of each message the version that holds."""
    newest: dict[str, Message] = {}
    for message in messages:
        known = newest.get(message.id)
        if known is None or (known != message and _rank(message) > _rank(known)):
            newest[message.id] = message
    return newest


def _rank(message: Message) -> tuple[int, bool, bool, int, bool, int, str]:
    """Of two with the same revision, one that has ended before one that has not, and the longer text.

    That an answer was interrupted is the guess of a tab that did not see its end. Of a draft that two tabs sent, the
    earlier question holds: so no message is older than its parent, and two such drafts never make a circle.
    """
    known_end = message.ended is not None and message.ended.ending is not Ending.INTERRUPTED
    return (
        message.revision,
        not message.deleted,
        message.ended is not None,
        len(message.text),
        known_end,
        -message.created,
        repr(message),
    )


def newer_than(chat: Conversation, other: Conversation) -> Conversation:
    """`chat` with the revision that follows that of `other`."""
    return replace(chat, revision=after(other.revision))
