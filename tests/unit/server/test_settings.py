"""Settings: where they come from, what is refused, and that no secret gets out."""

from pathlib import Path

import pytest

from chatcore.errors import SetupError
from chatcore.runs.registry import RunLimits
from chatcore.server.settings import Settings, load

CANARY = "canary"
VENDORS = ("OPENAI", "ANTHROPIC", "OPENROUTER")

pytestmark = pytest.mark.usefixtures("nothing_is_set")


def write_env(text: str) -> None:
    Path(".env").write_text(text, "utf-8")


def key_of(settings: Settings) -> str | None:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else None


# Where they come from


def test_everything_has_a_default_but_the_key() -> None:
    settings = load()
    assert settings.openai_api_key is None
    assert settings.openai_base_url == "https://api.openai.com/v1"
    assert settings.openai_api is None
    assert settings.run_limits == RunLimits()
    assert settings.chat_titles
    assert (settings.chat_data_dir, settings.chat_api_token) == (Path(".data"), None)


def test_the_environment_beats_the_file_beats_the_secrets_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"OPENAI_MODEL": "from-host"}
    assert load(secrets).openai_model == "from-host"
    write_env("OPENAI_MODEL=from-file\n")
    assert load(secrets).openai_model == "from-file"
    monkeypatch.setenv("OPENAI_MODEL", "from-environment")
    assert load(secrets).openai_model == "from-environment"


def test_each_setting_is_looked_up_on_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_MODEL", "m")
    write_env("CHAT_IDLE_SECONDS=7\n")
    settings = load({"OPENAI_API_KEY": "sk-host"})
    assert (settings.openai_model, settings.run_limits.idle, key_of(settings)) == ("m", 7, "sk-host")


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "openai_api_key", "Openai_Api_Key"])
def test_the_names_of_the_host_may_have_any_case(name: str) -> None:
    assert key_of(load({name: "sk-host"})) == "sk-host"


@pytest.mark.parametrize("blank", ["", " ", " \t "])
def test_blank_is_unset_wherever_it_stands(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    secrets = {name.upper(): blank for name in Settings.model_fields}
    write_env("".join(f"{name}='{blank}'\n" for name in secrets))
    for name in secrets:
        monkeypatch.setenv(name, blank)
    assert load(secrets) == Settings.model_construct()


def test_a_blank_one_hides_none_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_MODEL", " ")
    write_env("OPENAI_MODEL=from-file\nOPENAI_API_KEY=\n")
    settings = load({"OPENAI_API_KEY": "sk-host"})
    assert (settings.openai_model, key_of(settings)) == ("from-file", "sk-host")


def test_unknown_ones_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_UNKNOWN", "x")
    write_env("CHAT_ALSO_UNKNOWN=x\nOTHER=x\n")
    assert load({"connections": {"sql": {"url": "x"}}, "model_config": 1}) == Settings.model_construct()


def test_the_limits_of_runs_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("FIRST_TOKEN_SECONDS", "IDLE_SECONDS", "TOTAL_SECONDS", "RUN_KEEP_SECONDS", "RUN_MEMORY_MB", "RETRIES")
    for number, name in enumerate(names, start=1):
        monkeypatch.setenv(f"CHAT_{name}", str(number))
    limits = load().run_limits
    assert (limits.first_token, limits.idle, limits.total) == (1, 2, 3)
    assert (limits.keep_finished, limits.all_bytes, limits.attempts) == (4, 5_000_000, 6)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_account_is_what_is_set_for_its_vendor_and_no_other(vendor: str) -> None:
    others = {f"{other}_API_KEY": f"sk-{other}" for other in VENDORS}
    model = {f"{vendor}_MODEL": "m"}
    address = {f"{vendor}_BASE_URL": "http://host/v1"}
    account = load(others | model | address).account(vendor.lower())
    assert (account.api_key, account.base_url, account.model) == (f"sk-{vendor}", "http://host/v1", "m")
    assert "sk-" not in repr(account)
    assert load(address).account(vendor.lower()).api_key == ""


def test_the_usual_model_of_a_vendor_is_not_asked_of_another_server() -> None:
    assert load().account("openai").model == load().openai_model
    assert load({"OPENAI_BASE_URL": "http://host/v1"}).account("openai").model == ""
    assert load({"OPENAI_BASE_URL": "http://host/v1", "OPENAI_MODEL": "m"}).account("openai").model == "m"


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    Path(".env").write_text("OPENAI_API_KEY=sk-file\n", "utf-8-sig")
    assert key_of(load()) == "sk-file"


def test_the_token_of_the_api_is_a_secret() -> None:
    settings = load({"CHAT_API_TOKEN": f" {CANARY}-0123456789\n", "CHAT_DATA_DIR": "/data"})
    assert settings.chat_api_token
    assert settings.chat_api_token.get_secret_value() == f"{CANARY}-0123456789"
    assert CANARY not in repr(settings)
    assert settings.chat_data_dir == Path("/data")


def test_a_directory_that_no_path_can_name_is_refused() -> None:
    with pytest.raises(SetupError, match="`CHAT_DATA_DIR`"):
        load({"CHAT_DATA_DIR": "a\0b"})


# What is refused

WRONG = [
    *((f"{vendor}_BASE_URL", f"{CANARY}.com/v1", "must begin with http") for vendor in VENDORS),
    *((f"{vendor}_API_KEY", f"sk-{CANARY} x", "without spaces") for vendor in VENDORS),
    *((f"{vendor}_MODEL", CANARY * 50, "at most 200") for vendor in VENDORS),
    ("OPENAI_BASE_URL", f"file:///{CANARY}", "must begin with http"),
    ("OPENAI_BASE_URL", "http://[::1", "missing bracket"),
    ("OPENAI_BASE_URL", f"http://me:{CANARY}@host/v1", "user name or password"),
    ("OPENAI_BASE_URL", f"http://host/v1?key={CANARY}", "query"),
    ("OPENAI_API_KEY", f"sk-{CANARY}-ключ", "plain ASCII"),
    ("OPENAI_API_KEY", CANARY * 1000, "too long"),
    ("OPENAI_API", CANARY, "'responses' or 'chat'"),
    *(("CHAT_MOCK_RATE", value, "") for value in (CANARY, "0", "-1", "nan", "inf", "1e9")),
    *(("CHAT_IDLE_SECONDS", value, "") for value in (CANARY, "0", "1,5", "3601")),
    *(("CHAT_FIRST_TOKEN_SECONDS", value, "") for value in (CANARY, "0")),
    *(("CHAT_CONNECT_SECONDS", value, "") for value in (CANARY, "0", "601")),
    *(("CHAT_TOTAL_SECONDS", value, "") for value in (CANARY, "0", "86401")),
    ("CHAT_TITLES", CANARY, ""),
    *(("CHAT_RETRIES", value, "") for value in (CANARY, "0", "1.5", "21")),
    *(("CHAT_RUN_KEEP_SECONDS", value, "") for value in (CANARY, "-1")),
    *(("CHAT_RUN_MEMORY_MB", value, "") for value in (CANARY, "0")),
    *(("CHAT_SAVE_SECONDS", value, "") for value in (CANARY, "61")),
    ("CHAT_API_TOKEN", f"{CANARY}-01234567"[:15], "at least 16 characters"),
    ("CHAT_API_TOKEN", f"{CANARY} 0123456789", "without spaces"),
]


@pytest.mark.parametrize("where", ["environment", "file", "host"])
@pytest.mark.parametrize(("name", "value", "reason"), WRONG)
def test_a_wrong_one_is_named_with_its_reason_and_without_its_value(
    monkeypatch: pytest.MonkeyPatch, where: str, name: str, value: str, reason: str
) -> None:
    if where == "environment":
        monkeypatch.setenv(name, value)
    elif where == "file":
        write_env(f"{name}='{value}'\n")
    with pytest.raises(SetupError) as caught:
        load({name: value} if where == "host" else None)
    said = str(caught.value)
    assert said.startswith(f"`{name}`: ")
    assert len(said) > len(f"`{name}`: ")
    assert reason in said
    assert CANARY not in said
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_all_that_are_wrong_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_IDLE_SECONDS", "x")
    with pytest.raises(SetupError) as caught:
        load({"OPENAI_BASE_URL": "x", "CHAT_MOCK_RATE": "x"})
    named = {line.split(":")[0] for line in str(caught.value).splitlines()}
    assert named == {"`CHAT_IDLE_SECONDS`", "`OPENAI_BASE_URL`", "`CHAT_MOCK_RATE`"}


@pytest.mark.parametrize("value", [12345, ["sk"], {"key": CANARY}, True])
def test_a_key_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(SetupError, match=r"^`OPENAI_API_KEY`: .*string$"):
        load({"OPENAI_API_KEY": value})


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_named(encoding: str) -> None:
    Path(".env").write_text(f"OPENAI_API_KEY=sk-{CANARY}-é\n", encoding)
    with pytest.raises(SetupError, match=r"^`\.env`: .*UTF-8$"):
        load()


# Secrets and addresses


@pytest.mark.parametrize("key", ["sk-1\n", " sk-1", "\tsk-1\r\n"])
def test_white_space_around_a_key_is_taken_away(key: str) -> None:
    assert key_of(load({"OPENAI_API_KEY": key})) == "sk-1"


def test_no_key_is_in_a_repr() -> None:
    settings = load({f"{vendor}_API_KEY": f"sk-{CANARY}" for vendor in VENDORS})
    assert CANARY not in repr(settings) + str(settings) + settings.model_dump_json()
    assert key_of(settings) == f"sk-{CANARY}"


def test_an_address_is_kept_as_it_was_understood() -> None:
    assert load({"OPENAI_BASE_URL": " http://[::1]:80/v1/\n"}).openai_base_url == "http://[::1]/v1"


def test_settings_do_not_change() -> None:
    settings = load()
    with pytest.raises(ValueError, match="frozen"):
        settings.openai_model = "other"


def test_the_address_of_a_database_is_kept_secret() -> None:
    settings = load({"CHAT_DATABASE_URL": f"postgres://chat:{CANARY}@db.invalid/chat"})
    assert settings.chat_database_url is not None
    assert settings.chat_database_url.get_secret_value() == f"postgresql+psycopg://chat:{CANARY}@db.invalid/chat"
    assert CANARY not in repr(settings) + settings.model_dump_json()


@pytest.mark.parametrize("url", [f"mysql://chat:{CANARY}@db/chat", f"{CANARY}", f"sqlite://{CANARY}:@x", "sqlite://"])
def test_an_address_of_no_database_is_named_and_not_repeated(url: str) -> None:
    with pytest.raises(SetupError, match=r"^`CHAT_DATABASE_URL`: ") as refused:
        load({"CHAT_DATABASE_URL": url})
    assert CANARY not in str(refused.value)
