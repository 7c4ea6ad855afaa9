"""From a conversation to what a model is asked.

`build.build` makes the `ChatRequest` for an answer, and `build.parts` says later what went with it. Offers `estimate`,
the tokens of a text, and `ContextWindow`, the part of a chat that goes to the model. `title_prompt` asks for a title.

Knows no vendors, no runs and no pages, and asks nobody itself.
"""

from chatcore.prompting.build import Part
from chatcore.prompting.window import ContextWindow, estimate

__all__ = ["ContextWindow", "Part", "estimate"]
