"""What a persona is: its fields and their limits, the prompt that is sent, and the JSON Schema.

Owns all of it, for the page, the store, the API and the import. Why something is no persona is said by `reading.py`.
"""

import hashlib
import json
import re
import unicodedata
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chatcore.text.cleaning import UNWANTED

MAX_ID, MAX_NAME, MAX_DESCRIPTION, MAX_PROMPT, MAX_MODEL, MAX_TRAIT = 64, 80, 500, 32_000, 200, 200
"""Characters."""
MAX_TOKENS = 1_000_000
MAX_UNKNOWN = 20_000
"""Characters of all fields together that this app does not know, as JSON."""
TRAITS = {"tone": "Tone", "style": "Style", "formality": "Formality"}
"""What stands in the prompt before each of them."""
HEADING = "How you write:"
ZERO_WIDTH_JOINER = "\u200d"
"""The one sign of those that nobody sees which names may have: emoji need it."""
KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-|gsk_|xai-|ghp_|github_pat_|xox[abp]-|AKIA|AIza|hf_)(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}"
)
"""What looks like the key of a provider or of another service."""
SECRETS = re.compile(
    r".*(?:apikey|secretkey|privatekey|accesskey|accesstoken|authtoken|bearertoken|baseurl|apibase|apiurl)"
    r"|key|keys|token|secret|clientsecret|password|passphrase|authorization|auth|bearer|credential|credentials"
    r"|url|uri|endpoint|host|proxy|headers?|organization|organisation"
)
"""Names of fields, in small letters and nothing else, that hold keys or addresses."""


def _clean(text: str) -> str:
    """`text` with line ends as "\\n". Raises ValueError for what no page shows, and for what looks like a key."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if hidden := UNWANTED.search(text):
        raise ValueError(
            f"it has a character that can't be shown: U+{ord(hidden[0][0]):04X} at place {hidden.start() + 1}"
        )
    if KEY.search(text):
        raise ValueError("it seems to have a key in it: keys don't belong in a persona")
    return text


def _line(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    # A few signs become longer by it, and so too long.
    text = (composed if len(composed) <= len(text) else text).strip()
    for place, sign in enumerate(text, 1):
        if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") and sign != ZERO_WIDTH_JOINER:
            raise ValueError(f"it has a character that can't be shown in one line: U+{ord(sign):04X} at place {place}")
    return text


def _filled(text: str) -> str:
    """A text that has something to see."""
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in text):
        raise ValueError("it must not be empty")
    return text


def _whole(number: object) -> object:
    """JSON knows no whole numbers: 1000.0 is one."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _bare(model: str) -> str:
    if "://" in model or any(sign.isspace() for sign in model):
        raise ValueError("it must be the name of a model: no address, no spaces")
    return model


Text = AfterValidator(_clean)
Filled = AfterValidator(_filled)
Line = AfterValidator(lambda text: _line(_clean(text)))
Trait = Annotated[str, Field(max_length=MAX_TRAIT), Line]


class Personality(BaseModel):
    """How a persona writes, in the words of whoever made it."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", title="Personality")

    tone: Trait = Field(default="", description="For example: warm and patient.")
    style: Trait = Field(default="", description="For example: short paragraphs, one example each.")
    formality: Trait = Field(default="", description="For example: informal.")


class Persona(BaseModel):
    """A system prompt with a model, limits and traits under a name.

    Fields that are not known are kept and named (`unknown`), take no part in anything, and must not hold a key or an
    address.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="allow",
        alias_generator=to_camel,
        title="Persona",
        json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"},
    )

    id: Annotated[str, Field(pattern=rf"^[A-Za-z0-9][A-Za-z0-9_-]{{0,{MAX_ID - 1}}}$"), Text] = Field(
        description="Letters, digits, - and _; no other persona has it."
    )
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME), Line, Filled] = Field(
        description="What it is called, in one line."
    )
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION), Text] = Field(
        default="", description="What it is for."
    )
    system_prompt: Annotated[str, Field(min_length=1, max_length=MAX_PROMPT), Text, Filled] = Field(
        description="What the model is told before the conversation."
    )
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] = Field(
        default=0.7, description="How much the answers vary. Some models take none."
    )
    max_tokens: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MAX_TOKENS)] = Field(
        default=1000, description="How long an answer may be, in tokens, thoughts included."
    )
    model: Annotated[str, Field(max_length=MAX_MODEL), Text, AfterValidator(_bare)] = Field(
        default="", description="The provider's name of a model; empty: the one that the chat has."
    )
    personality: Personality = Field(default=Personality(), description="Traits, which are put into the prompt.")

    @property
    def prompt(self) -> str:
        """Exactly what is sent as the system prompt: `systemPrompt`, and below it a line for each given trait."""
        traits = [f"- {said}: {given}" for name, said in TRAITS.items() if (given := getattr(self.personality, name))]
        return "\n".join([self.system_prompt, "", HEADING, *traits]) if traits else self.system_prompt

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the fields that this app does not know."""
        return (*(self.model_extra or {}), *(f"personality.{name}" for name in self.personality.model_extra or {}))

    @cached_property
    def digest(self) -> str:
        """By it one sees whether two are the same but for fields that are not known: 16 hexadecimal digits."""
        return hashlib.sha256(self.bare().to_json(indent=None).encode()).hexdigest()[:16]

    def bare(self) -> Self:
        """Without the fields that are not known."""
        known = self.to_dict()
        for name in self.model_extra or {}:
            del known[name]
        for name in self.personality.model_extra or {}:
            del known["personality"][name]
        return self.model_validate(known)

    def changed(self, **fields: object) -> Self:
        """With other values, by the names that the fields have here. Raises pydantic's ValidationError."""
        given = {to_camel(name): value for name, value in fields.items()}
        return self.model_validate(self.to_dict() | given)

    def to_dict(self) -> dict[str, Any]:
        """As in JSON: every field, also those that are not known."""
        return self.model_dump(by_alias=True)

    def to_json(self, indent: int | None = 2) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)


def schema() -> dict[str, Any]:
    """The JSON Schema of a persona."""
    return Persona.model_json_schema(by_alias=True)


def is_secret(name: str) -> bool:
    """Whether a field of this name may hold a key or an address."""
    return SECRETS.fullmatch(re.sub(r"[^a-z]", "", name.lower())) is not None
