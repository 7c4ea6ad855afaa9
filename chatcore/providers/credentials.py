"""Keys and addresses of providers: checked, and brought into one form.

Refusals are in words for the visitor, and never repeat what was given. Knows no provider.
"""

from typing import TypeAlias

from pydantic import AnyHttpUrl, TypeAdapter, ValidationError

from chatcore.errors import InputError

KEY_LENGTH = 4096
"""Characters. The vendors' keys have up to 200; a token of a company's own gateway has more."""

ADDRESS_LENGTH = 2000

Origin: TypeAlias = tuple[str, str, int]

NO_SCHEME = "The address must begin with http:// or https://, for example http://localhost:8000/v1."
UNREADABLE = "The address cannot be read: look for a missing bracket, a wrong port or a missing host name."

_ADDRESS: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)


def clean_key(text: str) -> str:
    """The key without the white space around it; "" for a blank one. Raises `InputError`."""
    key = text.strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InputError("The key must be plain ASCII without spaces: copy it once more, and nothing around it.")
    if len(key) > KEY_LENGTH:
        raise InputError(f"The key is too long: it may have {KEY_LENGTH} characters.")
    return key


def clean_base_url(text: str) -> str:
    """The address in its normal form, without a slash at its end; "" for a blank one. Raises `InputError`.

    In that form no later reader sees another host in it.
    """
    if not text.strip():
        return ""
    if len(text) > ADDRESS_LENGTH:
        raise InputError(f"The address is too long: it may have {ADDRESS_LENGTH} characters.")
    url = _parsed(text.strip())
    if url.username or url.password:
        raise InputError("The address must not hold a user name or password: the key has a field of its own.")
    if url.query is not None or url.fragment is not None:
        raise InputError("The address must not hold a query or a fragment: leave out what follows “?” or “#”.")
    return str(url).rstrip("/")


def origin(url: str) -> Origin:
    """Scheme, host and port of an address that was cleaned: a key is bound to these three."""
    read = _parsed(url)
    return read.scheme, read.host or "", read.port or 0


def host_of(url: str) -> str:
    """The host as people write it, with the port where it is not the usual one."""
    read = _parsed(url)
    usual = {"http": 80, "https": 443}[read.scheme]
    return f"{read.host}" if read.port == usual else f"{read.host}:{read.port}"


def _parsed(text: str) -> AnyHttpUrl:
    try:
        return _ADDRESS.validate_python(text)
    except ValidationError as error:
        known = error.errors(include_url=False, include_input=False)[0]
        relative = "relative URL" in known["msg"]
    raise InputError(NO_SCHEME if known["type"] == "url_scheme" or relative else UNREADABLE)
