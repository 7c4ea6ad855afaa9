"""What the visitor wishes, in every chat of this browser. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preferences:
    """`language` is that of the page, e.g. "de"; empty: the browser's.

    `titles`: a model may be asked for the title of a chat. `summaries`: it may be asked to sum up what has no room.
    """

    language: str = ""
    titles: bool = True
    summaries: bool = False


UNSAID = Preferences()
