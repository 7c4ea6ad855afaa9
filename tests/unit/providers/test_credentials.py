"""Keys and addresses as people give them: what is taken, what is refused and in which words."""

import pytest

from chatcore.errors import InputError
from chatcore.providers.credentials import ADDRESS_LENGTH, KEY_LENGTH, clean_base_url, clean_key, host_of, origin

CANARY = "canary"


@pytest.mark.parametrize(("given", "read"), [("sk-1", "sk-1"), (" \tsk-1\r\n", "sk-1"), ("", ""), (" \n", "")])
def test_white_space_around_a_key_is_taken_away(given: str, read: str) -> None:
    assert clean_key(given) == read


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (f"sk-{CANARY} x", "without spaces"),
        (f"sk-{CANARY}\nx", "plain ASCII"),
        (f"sk-{CANARY}\x00", "plain ASCII"),
        (f"sk-{CANARY}\x7f", "plain ASCII"),
        (f"sk-{CANARY}-ключ", "plain ASCII"),
        (f"“{CANARY}”", "plain ASCII"),
        (f"{CANARY}\ud800", "plain ASCII"),
        (CANARY + "x" * KEY_LENGTH, "too long"),
    ],
)
def test_a_key_that_is_none_is_refused_and_not_repeated(given: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        clean_key(given)
    assert CANARY not in str(refused.value)


def test_the_longest_key_is_taken() -> None:
    assert clean_key("x" * KEY_LENGTH) == "x" * KEY_LENGTH


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (" http://localhost:8000/v1\n", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1//", "http://localhost:8000/v1"),
        ("HTTPS://API.OpenAI.com:443/v1", "https://api.openai.com/v1"),
        ("https://host", "https://host"),
        ("http://[::1]:80/v1", "http://[::1]/v1"),
        ("http://2130706433/v1", "http://127.0.0.1/v1"),
        ("http://bücher.example/v1", "http://xn--bcher-kva.example/v1"),
        ("http:\\\\host\\@other/v1", "http://host/@other/v1"),
        ("", ""),
        (" \t", ""),
    ],
)
def test_an_address_is_kept_as_it_was_understood(given: str, read: str) -> None:
    assert clean_base_url(given) == read
    assert clean_base_url(read) == read


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (f"{CANARY}.com/v1", "must begin with http:// or https://"),
        (f"//{CANARY}.com/v1", "must begin with http:// or https://"),
        (f"/{CANARY}/v1", "must begin with http:// or https://"),
        (f"localhost:8000/{CANARY}", "must begin with http:// or https://"),
        (f"file:///{CANARY}", "must begin with http:// or https://"),
        (f"javascript:{CANARY}", "must begin with http:// or https://"),
        (f"ftp://{CANARY}", "must begin with http:// or https://"),
        ("http://[::1", "missing bracket"),
        (f"http://{CANARY}:99999/v1", "wrong port"),
        (f"http://{CANARY} x/v1", "cannot be read"),
        ("http://", "missing host name"),
        (f"http://me:{CANARY}@host/v1", "user name or password"),
        (f"http://{CANARY}@host/v1", "user name or password"),
        (f"http://host/v1?key={CANARY}", "query"),
        ("http://host/v1?", "query"),
        (f"http://host/v1#{CANARY}", "fragment"),
        (f"http://{CANARY}/" + "x" * ADDRESS_LENGTH, "too long"),
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(given: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        clean_base_url(given)
    assert CANARY not in str(refused.value)
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://API.openai.com/v1", ("https", "api.openai.com", 443)),
        ("https://api.openai.com:443/other", ("https", "api.openai.com", 443)),
        ("http://localhost/v1", ("http", "localhost", 80)),
        ("http://[0:0::1]:8000/v1", ("http", "[::1]", 8000)),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: tuple[str, str, int]) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    "other",
    [
        "http://api.openai.com/v1",
        "https://api.openai.com:8443/v1",
        "https://openai.com/v1",
        "https://api.openai.com.evil.example/v1",
        "https://api.openai.com@evil.example/v1",
        "https://evil.example/api.openai.com",
        "https://аpi.openai.com/v1",
    ],
)
def test_another_origin_is_not_the_same(other: str) -> None:
    assert origin(other) != origin("https://api.openai.com/v1")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://host/v1", "host"),
        ("https://host:443/v1", "host"),
        ("http://host:443/v1", "host:443"),
        ("http://[::1]:8000/v1", "[::1]:8000"),
    ],
)
def test_a_host_is_shown_with_its_port_where_that_is_not_the_usual_one(url: str, host: str) -> None:
    assert host_of(url) == host
