"""The protocols over which the contract suite runs, one line for each vendor."""

import pytest

from tests.support.fake_vendor.dialect_anthropic import ANTHROPIC
from tests.support.fake_vendor.dialect_responses import RESPONSES
from tests.support.fake_vendor.dialects import CHAT

DIALECTS = {
    "chat completions": CHAT,
    "responses": RESPONSES,
    "anthropic": ANTHROPIC,
}
every_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
