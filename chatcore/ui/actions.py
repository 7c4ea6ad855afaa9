"""The row of small buttons under a message: copy, rate, ask again, edit, delete, and the numbers of an answer.

One element for each row, drawn by `actions.js`: as many buttons of Streamlit would cost each run of the script and the
browser far more. Draws, and takes what was clicked; what comes of that is done by `versions.py`.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from chatcore.messages import Choice, Feedback, Message
from chatcore.metrics import tokens_per_second
from chatcore.ui import models, persona_choice, sent, words
from chatcore.ui.clicks import counted
from chatcore.ui.session import lineup
from chatcore.ui.sources import compact
from chatcore.visit import Visit

CAST = 20
"""Personas that are offered with one click to answer again."""
_HERE = Path(__file__).parent
# The page has the code once and each row calls it: what is part of an element is sent with it every time.
_code = st.components.v2.component(
    "chatcore_actions",
    html='<span role="status" class="chat-voice"></span>',
    css=compact(_HERE / "actions.css"),
    js=compact(_HERE / "actions.js"),
    isolate_styles=False,
)
_row = st.components.v2.component("chatcore_actions_row", js=compact(_HERE / "actions_row.js"), isolate_styles=False)


def draw_code(visit: Visit) -> None:
    """What all rows share, to be drawn before the first of them."""
    names = {
        "copy": words.COPY,
        "copied": words.COPIED,
        "refused": words.NOT_COPIED,
        "good": words.GOOD_ANSWER,
        "bad": words.BAD_ANSWER,
        "reason": words.FEEDBACK_REASON,
        "save": words.SAVE_REASON,
        "again": words.REGENERATE,
        "other": words.REGENERATE_WITH,
        "model": words.ANOTHER_MODEL,
        "persona": words.ANOTHER_PERSONA,
        "more": words.MORE_MODELS,
        "numbers": words.NUMBERS,
        "sent": words.WHAT_WAS_SENT,
        "delete": words.DELETE,
        "edit": words.EDIT,
        "editing": words.EDITED_QUESTION,
        "send": words.SEND_EDITED,
        "cancel": words.CANCEL_EDIT,
        "previous": words.PREVIOUS_VERSION,
        "next": words.NEXT_VERSION,
    }
    offered = [
        {"provider": choice.provider, "model": choice.model, "name": _name(choice.provider, choice.model)}
        for choice in _choices(visit)
    ]
    cast = [{"persona": it.key, "name": persona_choice.name(it)} for it in visit.personas.library.all()[:CAST]]
    _code(key="actions-code", data={"words": names, "models": offered, "personas": cast})


def draw(visit: Visit, message: Message, versions: list[Message], again: bool = True) -> None:
    """The row of a message that is complete; "Regenerate" where it does not stand beside the ending already."""
    key = f"actions-{message.id}".replace("__", "_.")
    data: dict[str, Any] = {"id": message.id, "text": message.text, "place": message.parent or ""}
    if len(versions) > 1:
        at = versions.index(message) + 1
        data["version"] = at, len(versions), words.version(at, len(versions))
    if message.role == "user":
        data |= {"asked": True, "attached": bool(message.images or message.files)}
    else:
        asks = message.parent is not None
        persona = visit.conversation.persona_of(message)
        facts = [*([(words.PERSONA, persona.name)] if persona else []), *_numbers(message)]
        data |= {"again": again and asks, "asks": asks, "numbers": facts}
        if given := message.feedback:
            data["rating"] = {"good": given.good, "reason": given.reason}

    def act() -> None:
        _act(visit, message, versions, st.session_state[key].act)

    def show() -> None:
        if st.session_state[key].open == "models":
            models.ask()
        else:
            sent.show(message.id)

    _row(key=key, data=data, on_act_change=counted(act), on_open_change=counted(show, dialog=True))


def _act(visit: Visit, message: Message, versions: list[Message], what: object) -> None:
    """Do what was clicked. It comes from outside, so its shape is checked."""
    match what:
        case {"do": "again", **named}:
            _ask_again(visit, message, named)
        case {"do": "rate", "good": bool(good), "reason": str(reason)}:
            visit.rate(message.id, Feedback(good, reason))
        case {"do": "unrate"}:
            visit.rate(message.id, None)
        case {"do": "edit", "text": str(text)}:
            visit.edit(message.id, text)
        case {"do": "delete"}:
            visit.delete_message(message.id)
        case {"do": "previous" | "next" as way}:
            other = versions.index(message) + (1 if way == "next" else -1)
            if 0 <= other < len(versions):
                visit.show_version(versions[other].id)


def _ask_again(visit: Visit, message: Message, what: Mapping[object, object]) -> None:
    """The same question, of who is named there if somebody is."""
    match what:
        case {"provider": str(provider), "model": str(model)}:
            if (choice := Choice(provider, model)) in _choices(visit):
                visit.retry(message.id, choice)
        case {"persona": str(key)}:
            if known := visit.personas.library.find(key):
                visit.retry(message.id, persona=known.persona)
        case _:
            visit.retry(message.id)


def _choices(visit: Visit) -> list[Choice]:
    """Who can be asked with one click: who answers here, who has answered here, and each provider's own model."""
    ready = {offer.id: offer.default_model for offer in lineup().offers if offer.ready}
    answered = (Choice(said.provider, said.model) for said in reversed(visit.conversation.path))
    known = dict.fromkeys([visit.choice, *answered, *(Choice(*offered) for offered in ready.items())])
    return [choice for choice in known if choice.provider in ready and choice.model]


def _name(provider: str, model: str) -> str:
    names = {offer.id: offer.name for offer in lineup().offers}
    name = words.said(names.get(provider, provider))
    return name if name.lower() == model.lower() else " · ".join(filter(None, (name, model)))


def _numbers(answer: Message) -> list[tuple[str, str]]:
    """What is known of how an answer was made, each with its name."""
    facts = [(words.MODEL, _name(answer.provider, answer.model))] if answer.model else []
    timing, usage = answer.timing, answer.usage
    if timing and timing.first is not None:
        facts.append((words.FACTS["first"], _duration(timing.first)))
    if timing:
        facts.append((words.FACTS["overhead"], _duration(timing.overhead)))
    if rate := tokens_per_second(usage, timing):
        facts.append((words.FACTS["rate"], words.number(rate, 1)))
    if usage:
        facts += [
            (words.FACTS["in"], words.number(usage.input_tokens)),
            (words.FACTS["out"], words.number(usage.output_tokens)),
        ]
    return facts + _cost(answer)


def _cost(answer: Message) -> list[tuple[str, str]]:
    """In dollars: as the provider says, else by the prices of the model, where they are known."""
    usage = answer.usage
    if usage is None:
        return []
    if usage.cost is not None:
        return [(words.FACTS["reported"], _dollars(usage.cost))]
    info = lineup().info(answer.provider, answer.model)
    if info.input_price is None or info.output_price is None:
        return []
    cost = (usage.input_tokens * info.input_price + usage.output_tokens * info.output_price) / 1e6
    return [(words.FACTS["estimated"], _dollars(cost))]


def _duration(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{words.number(milliseconds / 1000, 1)} s"


def _dollars(cost: float) -> str:
    """With two digits that count, also where it is a small part of a cent."""
    digits = 2 if cost >= 1 or cost <= 0 else min(8, 1 - math.floor(math.log10(cost)))
    return f"${words.number(cost, max(2, digits))}"
