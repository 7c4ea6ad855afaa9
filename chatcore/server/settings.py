"""Settings: the environment, `.env` and the host's secrets, read once into one frozen value.

Owns the names, the defaults and the words for what is wrong with them. Secrets are never part of a repr or a message.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from chatcore.errors import InputError, SetupError
from chatcore.models.account import AccountSettings
from chatcore.providers.credentials import clean_base_url, clean_key
from chatcore.providers.vendors import VENDORS
from chatcore.runs.registry import RunLimits
from chatcore.storage.server.database import engine_url

TOKEN_LENGTH = 16
"""Characters that a token has at least: whoever guesses it may write on this server."""


def _base_url(text: str) -> str:
    try:
        return clean_base_url(text)
    except InputError as error:
        raise ValueError(str(error)) from None


def _key(secret: SecretStr) -> SecretStr:
    try:
        return SecretStr(clean_key(secret.get_secret_value()))
    except InputError as error:
        raise ValueError(str(error)) from None


def _database_url(secret: SecretStr) -> SecretStr:
    try:
        return SecretStr(engine_url(secret.get_secret_value()))
    except SetupError as error:
        raise ValueError(str(error)) from None


def _directory(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("it must be the path of a directory")
    return path


def _token(secret: SecretStr) -> SecretStr:
    token = _key(secret)
    if len(token.get_secret_value()) < TOKEN_LENGTH:
        raise ValueError(f"it must have at least {TOKEN_LENGTH} characters")
    return token


def _blank_is_unset(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not (isinstance(value, str) and not value.strip())}


Key: TypeAlias = Annotated[SecretStr, AfterValidator(_key)]
Address: TypeAlias = Annotated[str, AfterValidator(_base_url)]
Model: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]


class Settings(BaseSettings):
    """Everything that whoever runs the app can set; README.md has the same as a table."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    openai_api_key: Key | None = None
    openai_base_url: Address = VENDORS["openai"].base_url
    openai_model: Model = VENDORS["openai"].default_model
    openai_api: Literal["responses", "chat"] | None = None
    """Which of OpenAI's protocols; by itself `responses` at OpenAI, and `chat` at any other address."""
    openai_transcription_model: Annotated[str, Field(max_length=200)] = ""
    """Which model dictation goes to; by itself OpenAI's newest at OpenAI, and none at any other address."""

    anthropic_api_key: Key | None = None
    anthropic_base_url: Address = VENDORS["anthropic"].base_url
    anthropic_model: Model = VENDORS["anthropic"].default_model

    openrouter_api_key: Key | None = None
    openrouter_base_url: Address = VENDORS["openrouter"].base_url
    openrouter_model: Model = VENDORS["openrouter"].default_model

    chat_mock_rate: Annotated[float, Field(gt=0, le=100_000)] = 40
    """Tokens a second of the built-in mock."""
    chat_run_keep_seconds: Annotated[float, Field(ge=0, le=86_400)] = RunLimits.keep_finished
    chat_run_memory_mb: Annotated[float, Field(gt=0, le=100_000)] = RunLimits.all_bytes / 1e6
    chat_first_token_seconds: Annotated[float, Field(gt=0, le=3600)] = RunLimits.first_token
    chat_idle_seconds: Annotated[float, Field(gt=0, le=3600)] = RunLimits.idle
    chat_connect_seconds: Annotated[float, Field(gt=0, le=600)] = 10
    chat_total_seconds: Annotated[float, Field(gt=0, le=86_400)] = RunLimits.total
    chat_retries: Annotated[int, Field(ge=1, le=20)] = RunLimits.attempts
    """How often one answer is asked for at most, the first time included."""
    chat_save_seconds: Annotated[float, Field(gt=0, le=60)] = 2
    """How long an answer waits for the browser to confirm that the question is stored."""
    chat_titles: bool = True
    """Whether the model may be asked for the title of a new chat."""

    chat_data_dir: Annotated[Path, AfterValidator(_directory)] = Path(".data")
    """Where the server keeps files of its own; from where the app is started. It need not be there."""
    chat_api_token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    """Who knows it may manage the shared personas; without it nobody may."""

    chat_database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = None
    """Where the chats are kept beside the browser; it can hold a password."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over `.env`, and both over the host's secrets."""
        for source in (env_settings, dotenv_settings):
            if isinstance(source, EnvSettingsSource):
                source.env_vars = _blank_is_unset(source.env_vars)
        return env_settings, dotenv_settings, init_settings

    def account(self, vendor: str) -> AccountSettings:
        """What is set for "openai", "anthropic" or "openrouter".

        The model that stands for the vendor's own address says nothing about another server.
        """
        key: SecretStr | None = getattr(self, f"{vendor}_api_key")
        address: str = getattr(self, f"{vendor}_base_url")
        known = f"{vendor}_model" in self.model_fields_set or VENDORS[vendor].is_home(address)
        return AccountSettings(
            key.get_secret_value() if key else "", address, getattr(self, f"{vendor}_model") if known else ""
        )

    @property
    def run_limits(self) -> RunLimits:
        return RunLimits(
            first_token=self.chat_first_token_seconds,
            idle=self.chat_idle_seconds,
            total=self.chat_total_seconds,
            attempts=self.chat_retries,
            keep_finished=self.chat_run_keep_seconds,
            all_bytes=int(self.chat_run_memory_mb * 1e6),
        )


def load(host_secrets: Mapping[str, Any] | None = None) -> Settings:
    """The settings. `host_secrets` are those of the host (`st.secrets`), by the same names in any case.

    Raises `SetupError` that names each setting that is wrong and says what is wrong with it, never its value.
    """
    secrets = {name.lower(): value for name, value in _blank_is_unset(host_secrets or {}).items()}
    known = {name: value for name, value in secrets.items() if name in Settings.model_fields}
    try:
        return Settings(**known)
    except UnicodeDecodeError:
        raise SetupError("`.env`: it must be a text file in UTF-8") from None
    except ValidationError as error:
        lines = [
            f"`{str(detail['loc'][0]).upper()}`: {detail['msg'].removeprefix('Value error, ')}"
            for detail in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise SetupError("\n".join(lines)) from None
