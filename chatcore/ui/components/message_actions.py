"""The rows of small buttons under the messages, drawn by `actions.js`.

The page has that code once and each row calls it: what is part of an element is sent with it every time.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from chatcore.ui.components.sources import compact

_code = st.components.v2.component(
    "chatcore_actions",
    html='<span role="status" class="chat-voice"></span>',
    css=compact("actions.css"),
    js=compact("actions.js"),
    isolate_styles=False,
)
_row = st.components.v2.component("chatcore_actions_row", js=compact("actions_row.js"), isolate_styles=False)


def mount_code(
    words: Mapping[str, str], models: Sequence[Mapping[str, str]], personas: Sequence[Mapping[str, str]]
) -> None:
    """What all rows share: the names of the buttons, and who can be asked instead.

    A model is `{"provider", "model", "name"}`, a persona `{"persona", "name"}`.
    """
    _code(key="actions-code", data={"words": dict(words), "models": list(models), "personas": list(personas)})


def mount_row(key: str, data: Mapping[str, Any], on_act: Callable[[], None], on_open: Callable[[], None]) -> None:
    """The row of one message. In the callbacks the session's state has `act` and `open` of what was clicked at `key`.

    `data` has `id`, `text` and `place` (of what the message is a version), and where there is one `version` (its
    number, of how many, in words); of a question `asked` and `attached`, of an answer `again` and `asks` (whether it
    can be asked anew, here and elsewhere), `numbers` and `rating`.
    """
    _row(key=key, data=dict(data), on_act_change=on_act, on_open_change=on_open)
