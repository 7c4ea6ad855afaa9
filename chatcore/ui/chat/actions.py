"""The row of small buttons under a message: copy, rate, ask again, edit, delete, and the numbers of an answer.

One element for each row: as many buttons of Streamlit would cost each run of the script and the browser far more.
Draws, and passes on what was clicked; the session does it.
"""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from chatcore.conversation.messages import Feedback, Message, ModelRef
from chatcore.conversation.metrics import tokens_per_second
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import model_dialog, model_names, persona_picker, prompt_inspector
from chatcore.ui.components import keys, message_actions
from chatcore.ui.session import directory
from chatcore.ui.shell.clicks import counted

PERSONAS = 20
"""Personas that are offered with one click to answer again."""


def draw_code(session: ChatSession) -> None:
    """Draw what all rows share, before the first of them."""
    names = {
        "copy": i18n.COPY,
        "copied": i18n.COPIED,
        "refused": i18n.NOT_COPIED,
        "good": i18n.GOOD_ANSWER,
        "bad": i18n.BAD_ANSWER,
        "reason": i18n.FEEDBACK_REASON,
        "save": i18n.SAVE_REASON,
        "again": i18n.REGENERATE,
        "other": i18n.REGENERATE_WITH,
        "model": i18n.ANOTHER_MODEL,
        "persona": i18n.ANOTHER_PERSONA,
        "more": i18n.MORE_MODELS,
        "numbers": i18n.NUMBERS,
        "sent": i18n.WHAT_WAS_SENT,
        "delete": i18n.DELETE,
        "edit": i18n.EDIT,
        "editing": i18n.EDITED_QUESTION,
        "send": i18n.SEND_EDITED,
        "cancel": i18n.CANCEL_EDIT,
        "previous": i18n.PREVIOUS_VERSION,
        "next": i18n.NEXT_VERSION,
    }
    offered = [
        {"provider": choice.provider, "model": choice.model, "name": model_names.full(choice.provider, choice.model)}
        for choice in _choices(session)
    ]
    offered_personas = [
        {"persona": it.key, "name": persona_picker.name(it)} for it in session.personas.library.all()[:PERSONAS]
    ]
    message_actions.mount_code(names, offered, offered_personas)


def draw(session: ChatSession, message: Message, versions: list[Message], again: bool = True) -> None:
    """Draw the row of a complete message; `again` offers "Regenerate" in it.

    `versions` are the message and its siblings, in their order.
    """
    key = keys.of("actions-", message.id)
    data: dict[str, Any] = {"id": message.id, "text": message.text, "place": message.parent or ""}
    if len(versions) > 1:
        at = versions.index(message) + 1
        data["version"] = at, len(versions), i18n.version(at, len(versions))
    if message.role == "user":
        data |= {"asked": True, "attached": bool(message.images or message.files)}
    else:
        asks = message.parent is not None
        persona = session.chats.current.persona_of(message)
        facts = [*([(i18n.PERSONA, persona.name)] if persona else []), *_numbers(message)]
        data |= {"again": again and asks, "asks": asks, "numbers": facts}
        if given := message.feedback:
            data["rating"] = {"good": given.good, "reason": given.reason}

    def act() -> None:
        _act(session, message, versions, st.session_state[key].act)

    def show() -> None:
        if st.session_state[key].open == "models":
            model_dialog.ask()
        else:
            prompt_inspector.show(message.id)

    message_actions.mount_row(key, data, counted(act), counted(show, dialog=True))


def _act(session: ChatSession, message: Message, versions: list[Message], what: object) -> None:
    """Do what was clicked. `what` comes from the browser, so its shape is checked."""
    match what:
        case {"do": "again", **named}:
            _ask_again(session, message, named)
        case {"do": "rate", "good": bool(good), "reason": str(reason)}:
            session.branches.rate(message.id, Feedback(good, reason))
        case {"do": "unrate"}:
            session.branches.rate(message.id, None)
        case {"do": "edit", "text": str(text)}:
            session.branches.edit(message.id, text)
        case {"do": "delete"}:
            session.branches.delete_message(message.id)
        case {"do": "previous" | "next" as way}:
            other = versions.index(message) + (1 if way == "next" else -1)
            if 0 <= other < len(versions):
                session.branches.show_version(versions[other].id)


def _ask_again(session: ChatSession, message: Message, what: Mapping[object, object]) -> None:
    """Ask the same question again: the model or the persona that `what` names, else as before."""
    match what:
        case {"provider": str(provider), "model": str(model)}:
            if (choice := ModelRef(provider, model)) in _choices(session):
                session.branches.regenerate(message.id, choice)
        case {"persona": str(key)}:
            if known := session.personas.library.find(key):
                session.branches.regenerate(message.id, persona=known.persona)
        case _:
            session.branches.regenerate(message.id)


def _choices(session: ChatSession) -> list[ModelRef]:
    """The models that can be asked with one click: those of this chat, then each provider's default."""
    ready = {offer.id: offer.default_model for offer in directory().offers if offer.ready}
    answered = (ModelRef(said.provider, said.model) for said in reversed(session.chats.current.path))
    known = dict.fromkeys([session.models.choice, *answered, *(ModelRef(*offered) for offered in ready.items())])
    return [choice for choice in known if choice.provider in ready and choice.model]


def _numbers(answer: Message) -> list[tuple[str, str]]:
    """The known figures of an answer, each with its name."""
    facts = [(i18n.MODEL, model_names.full(answer.provider, answer.model))] if answer.model else []
    timing, usage = answer.timing, answer.usage
    if timing and timing.first is not None:
        facts.append((i18n.FACTS["first"], _duration(timing.first)))
    if timing:
        facts.append((i18n.FACTS["overhead"], _duration(timing.overhead)))
    if rate := tokens_per_second(usage, timing):
        facts.append((i18n.FACTS["rate"], i18n.number(rate, 1)))
    if usage:
        facts += [
            (i18n.FACTS["in"], i18n.number(usage.input_tokens)),
            (i18n.FACTS["out"], i18n.number(usage.output_tokens)),
        ]
    return facts + _cost(answer)


def _cost(answer: Message) -> list[tuple[str, str]]:
    """The cost in dollars: as the provider reported it, else by the model's prices, else nothing."""
    usage = answer.usage
    if usage is None:
        return []
    if usage.cost is not None:
        return [(i18n.FACTS["reported"], _dollars(usage.cost))]
    cost = directory().info(answer.provider, answer.model).cost(usage.input_tokens, usage.output_tokens)
    return [] if cost is None else [(i18n.FACTS["estimated"], _dollars(cost))]


def _duration(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{i18n.number(milliseconds / 1000, 1)} s"


def _dollars(cost: float) -> str:
    """Dollars with two significant digits, also for a small part of a cent."""
    digits = 2 if cost >= 1 or cost <= 0 else min(8, 1 - math.floor(math.log10(cost)))
    return f"${i18n.number(cost, max(2, digits))}"
