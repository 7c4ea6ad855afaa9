"""From a conversation up to one answer to a `ChatRequest`, within the model's context window.

Chooses what goes, and has the words that go to the model around it. The same code tells later what went for an answer,
from the conversation and the answer's `PromptRecord`. Knows no provider and no page.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatcore.attachments.files import as_prompt
from chatcore.conversation.messages import Message, PromptRecord
from chatcore.conversation.tree import Conversation
from chatcore.prompting import window
from chatcore.prompting.window import WHOLE, ContextWindow, Size
from chatcore.providers.base import ChatRequest, ModelInfo, PromptMessage, SupportedParameters

GO_ON = (
    "Your last message was cut off. Continue it exactly where it ends, in the middle of a word if need be. "
    "Write only what is missing: no introduction, and nothing that is there already."
)
UNSEEN = "[An image was attached here, which this model can't see.]"
SUMMARY = "[The conversation before this message is not here for lack of room. A model summed it up:]\n"
EARLIER_FILES = "[These files were attached earlier in the conversation:]"
UNKNOWN, ALL = ModelInfo(""), SupportedParameters()
NEXT = "next"
"""The id of the question that comes next. No message has it."""
SYSTEM = "system"
"""The id of the persona's prompt. No message has it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message as it went to the model."""

    id: str
    """The id of the message of the chat; `SYSTEM` for the persona's prompt, "" for the words that ask to continue."""
    prompt: PromptMessage | None
    """None where the message was deleted since."""

    @property
    def tokens(self) -> int:
        return _tokens(self.prompt) if self.prompt else 0


def build(
    conversation: Conversation,
    answer_id: str,
    info: ModelInfo = UNKNOWN,
    supported: SupportedParameters = ALL,
    *,
    summaries: bool = False,
) -> tuple[ChatRequest, tuple[PromptRecord, ...]]:
    """The request for the answer at `answer_id`, and the records of what it sends.

    The persona's prompt goes first, with its temperature and limit as far as the model supports them. Then come the
    messages on the path before the answer, without answers that have no text, as far as they fit (`window.choose`);
    with `summaries` the last summary stands for the others. An answer that is continued comes last itself, with the
    words that ask for the rest of it. A model that takes no images, by its `info`, is told that there were some.

    The first record is of the request. Where anything can be left out there is a second one, of `ChatRequest.shorter`,
    which sends about half: the window may be unknown, or the estimate wrong.
    """
    line, answer = _line(conversation, answer_id)
    said = [message for message in line if not message.deleted]
    persona = conversation.persona_of(answer)
    sent = PromptRecord(
        0,
        context=info.context or 0,
        unseen=info.takes_images is False,
        begun=len(answer.text) if answer.running else 0,
        temperature=persona.temperature if persona and supported.temperature else None,
        limit=persona.max_tokens if persona and supported.max_tokens else 0,
    )
    sizes, (cut, limit) = _sizes(said, sent), _before(said, answer, info)
    always = sum(map(_tokens, (*_system(conversation, answer), *_continued(answer, sent))))
    limit = limit if limit is None else limit - always
    cut = window.choose(sizes, limit, cut, summaries=summaries)
    asked, sent = _cut(conversation, answer, sent, cut)
    half = sent.tokens * 3 // 4 - always
    cut = window.choose(sizes, half if limit is None else min(limit, half), cut, summaries=summaries)
    shorter, less = _cut(conversation, answer, sent, cut)
    if less.tokens >= sent.tokens:
        return asked, (sent,)
    return replace(asked, shorter=shorter), (sent, less)


def _cut(
    conversation: Conversation, answer: Message, sent: PromptRecord, cut: ContextWindow
) -> tuple[ChatRequest, PromptRecord]:
    """The request with this cut, and its record."""
    sent = replace(sent, since=cut.since, files=cut.files, summary=cut.summary)
    line, _ = _line(conversation, answer.id)
    without = tuple(message.id for message in line[_start(line, sent) :] if message.deleted)
    sent = replace(sent, without=without)
    prompts = tuple(part.prompt for part in parts(conversation, answer.id, sent) if part.prompt)
    tokens = sum(map(_tokens, prompts))
    # A window must hold the answer too: some servers refuse a limit that it can't.
    limit = min(sent.limit, max(1, sent.context - tokens)) if sent.context else sent.limit
    sent = replace(sent, tokens=tokens, digest=digest(prompts), limit=limit)
    asked = ChatRequest(prompts, answer.model, prefix=answer.text[: sent.begun])
    return replace(asked, max_tokens=sent.limit or None, temperature=sent.temperature), sent


def parts(conversation: Conversation, answer_id: str, sent: PromptRecord) -> tuple[Part, ...]:
    """The messages that went to the model for this answer, in order, as far as the conversation still has them.

    Their `digest` equals `sent.digest` where all of them are there and unchanged.
    """
    line, answer = _line(conversation, answer_id)
    at = _start(line, sent)
    preface = _preface(line[:at], sent)
    found = [Part(SYSTEM, prompt) for prompt in _system(conversation, answer)]
    found += [Part(it.id, None) for it in line[:at] if it.deleted and it.id in (sent.summary, *sent.files)]
    for message in line[at:]:
        if message.id not in sent.without:
            prompt = None if message.deleted else _prompt(message, sent, preface)
            preface = preface if prompt is None or prompt.role == "assistant" else []
            found += [Part(message.id, prompt)] if prompt or message.deleted else []
    continued = zip((answer.id, ""), _continued(answer, sent), strict=False)
    return (*found, *(Part(message_id, prompt) for message_id, prompt in continued))


def left_out(conversation: Conversation, answer_id: str, sent: PromptRecord) -> tuple[Message, ...]:
    """The messages before the answer that had no room in the request, as far as they are still there."""
    line, _ = _line(conversation, answer_id)
    return tuple(message for message in line[: _start(line, sent)] if not message.deleted)


def digest(prompts: Iterable[PromptMessage]) -> str:
    """A short hash of messages, to compare them with those that were sent."""
    known = hashlib.sha256()
    for prompt in prompts:
        for text in (prompt.role, prompt.content, *(image.data for image in prompt.images)):
            content = text.encode("utf-8", "surrogatepass")
            known.update(f"{len(content)} ".encode() + content)
    return known.hexdigest()[:16]


def coming(conversation: Conversation, info: ModelInfo, margin: int) -> ContextWindow:
    """The part of the chat that would go with a next question of `margin` tokens, summaries included.

    Where only that question has room, it begins at `NEXT`.
    """
    said = conversation.path
    if not said or said[-1].running:
        return WHOLE
    cut, limit = _before(said, said[-1], info)
    question = Size(NEXT, True, margin + sum(map(_tokens, _system(conversation, said[-1]))))
    return window.choose([*_sizes(said, PromptRecord(0)), question], limit, cut, summaries=True)


def _line(conversation: Conversation, answer_id: str) -> tuple[list[Message], Message]:
    """The messages before an answer on its path, oldest first and deleted ones too, and the answer."""
    by_id = {message.id: message for message in conversation.messages}
    answer = by_id.pop(answer_id)
    line, at = list[Message](), answer.parent
    while at is not None and at in by_id:
        line.append(by_id.pop(at))
        at = line[-1].parent
    return line[::-1], answer


def _before(said: Sequence[Message], answer: Message, info: ModelInfo) -> tuple[ContextWindow, int | None]:
    """The cut for the last answer of the same model, and the room for messages by what that answer reported."""
    same = (answer.provider, answer.model)
    last = next((it for it in reversed(said) if it.sent and (it.provider, it.model) == same), None)
    if last is None or last.sent is None:
        return WHOLE, window.room(info.context)
    reported = last.usage.input_tokens if last.usage and not last.runs else 0
    cut = ContextWindow(last.sent.since, last.sent.files, last.sent.summary)
    return cut, window.room(info.context, last.sent.tokens, reported)


def _sizes(said: Iterable[Message], sent: PromptRecord) -> list[Size]:
    sizes = []
    for message in said:
        bare = _prompt(replace(message, files=()), sent)
        sizes.append(
            Size(
                message.id,
                message.role == "user",
                _tokens(bare) if bare else 0,
                window.estimate(as_prompt(message.files)) + window.MESSAGE if message.files else 0,
                window.estimate(message.summary),
            )
        )
    return sizes


def _start(line: Sequence[Message], sent: PromptRecord) -> int:
    """The place in `line` of the first message that went."""
    return next((place for place, message in enumerate(line) if message.id == sent.since), 0)


def _prompt(message: Message, sent: PromptRecord, preface: Sequence[str] = ()) -> PromptMessage | None:
    """A message as the model gets it; None for an answer that has no text."""
    if message.role == "assistant":
        return PromptMessage("assistant", message.text) if message.text else None
    images = () if sent.unseen else message.images
    unseen = UNSEEN if message.images and sent.unseen else ""
    paragraphs = (*preface, as_prompt(message.files), message.text, unseen)
    content = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return PromptMessage("user", content, images) if content or images else None


def _preface(earlier: Iterable[Message], sent: PromptRecord) -> list[str]:
    """Paragraphs for the first message, in place of those before it. Some models take no other place for them."""
    summaries = [SUMMARY + message.summary for message in earlier if message.id == sent.summary and message.summary]
    files = [as_prompt(message.files) for message in earlier if message.id in sent.files and message.files]
    return [*summaries, *([EARLIER_FILES] if files else []), *files]


def _continued(answer: Message, sent: PromptRecord) -> tuple[PromptMessage, ...]:
    """The part of the answer that is there, and the words that ask to continue it; nothing for a new answer."""
    if not sent.begun:
        return ()
    return PromptMessage("assistant", answer.text[: sent.begun]), PromptMessage("user", GO_ON)


def _system(conversation: Conversation, answer: Message) -> tuple[PromptMessage, ...]:
    persona = conversation.persona_of(answer)
    return (PromptMessage("system", persona.prompt),) if persona else ()


def _tokens(prompt: PromptMessage) -> int:
    return window.MESSAGE + window.estimate(prompt.content) + window.IMAGE * len(prompt.images)
