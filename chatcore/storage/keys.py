"""The keys under which the browser's storage holds what the app stores. The forms behind them are in `schema.py`.

chatcore.owner           OwnerV1         who may read the runs of this browser
chatcore.index           IndexV2         the chat that was open last, and the visitor's preferences
chatcore.chat.<id>       ConversationV2  one chat
chatcore.tail.<id>       ConversationV2  what came to a long chat since it was stored whole; to be merged with it
chatcore.keys            KeysV1          the visitor's own keys, if the visitor wants them remembered
chatcore.persona.<id>    PersonaV1       one of the visitor's own personas
chatcore.draft.<name>    PersonaDraftV1  an unsaved edit of a persona: the name is its id, or the page's own
chatcore.part.<n>        PartV1          a piece of an answer that is being made, see `part_key`
chatcore.quarantine.<n>  QuarantineV1    a value that could not be read, with its key and the reason
"""

import zlib

PREFIX = "chatcore."
OWNER_KEY = PREFIX + "owner"
INDEX_KEY = PREFIX + "index"
KEYS_KEY = PREFIX + "keys"
CHAT_PREFIX = PREFIX + "chat."
TAIL_PREFIX = PREFIX + "tail."
PERSONA_PREFIX = PREFIX + "persona."
DRAFT_PREFIX = PREFIX + "draft."
PART_PREFIX = PREFIX + "part."
QUARANTINE_PREFIX = PREFIX + "quarantine."
PART_KEYS = 256


def chat_key(conversation_id: str) -> str:
    return CHAT_PREFIX + conversation_id


def tail_key(conversation_id: str) -> str:
    return TAIL_PREFIX + conversation_id


def part_key(run_id: str, number: int) -> str:
    """Where part `number` of an answer is stored.

    One of a bounded number of keys: the storage package leaves `null` under some of those that it removes. Two answers
    that are made at the same time may share one; that costs the part only if the server dies as well.
    """
    return f"{PART_PREFIX}{(zlib.crc32(run_id.encode()) + number) % PART_KEYS}"
