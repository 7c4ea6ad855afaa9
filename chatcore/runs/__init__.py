"""Answers while they are generated, on the server, no matter who reads them.

Offers `RunRegistry`, which starts, finds and stops runs on an event loop of its own; `Run`, the log of one answer,
which any number of readers follow; and `RunLimits`. `side_calls` makes one short model call that no page follows.

Knows no pages, no storage and no vendors: a provider is asked through its interface.
"""

from chatcore.runs.generate import RunLimits
from chatcore.runs.log import Run
from chatcore.runs.registry import RunRegistry

__all__ = ["Run", "RunLimits", "RunRegistry"]
