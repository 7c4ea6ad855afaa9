"""Who may ask: whoever knows the token of the API, from anywhere but another site's page."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chatcore.api.json_bodies import told
from chatcore.errors import SetupError
from chatcore.personas.shared_directory import SharedPersonas
from chatcore.server.settings import Settings

HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
PORTS = {"http": 80, "https": 443}


class Server(Protocol):
    """What lives as long as the process, as far as the routes need it."""

    @property
    def settings(self) -> Settings: ...

    @property
    def shared(self) -> SharedPersonas: ...


Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def guarded(server: Callable[[], Server], act: Callable[[Request, Server], Awaitable[Response]]) -> Endpoint:
    """`act` for those who may ask; for all others, and where the server is not set up, the reason why not."""

    async def endpoint(request: Request) -> Response:
        try:
            _refuse_other_sites(request)
            here = await asyncio.to_thread(server)
            _refuse_strangers(request, here.settings)
            return await act(request, here)
        except HTTPException as error:
            return told(error)
        except SetupError as error:
            return told(HTTPException(503, str(error)))

    return endpoint


def _refuse_other_sites(request: Request) -> None:
    """A browser says in Origin whose page asks. A proxy before this server must pass on Host as the browser sent it."""
    hosts, origins = request.headers.getlist("host"), request.headers.getlist("origin")
    if len(hosts) != 1 or not HOST.fullmatch(hosts[0]):
        raise HTTPException(400, "The request must name one host.")
    if len(origins) > 1 or any(not _is_at(origin, hosts[0]) for origin in origins):
        raise HTTPException(403, "Pages of other sites may not ask here.")


def _is_at(origin: str, host: str) -> bool:
    """Whether an origin is at a host. The scheme is not compared: a proxy may have taken TLS off."""
    scheme = origin.partition("://")[0]
    if scheme not in PORTS:
        return False
    try:
        ends = [urlsplit(url) for url in (origin, f"{scheme}://{host}")]
        places = [(end.hostname, end.port or PORTS[scheme]) for end in ends]
    except ValueError:
        return False
    return places[0] == places[1]


def _refuse_strangers(request: Request, settings: Settings) -> None:
    if settings.chat_api_token is None:
        raise HTTPException(403, "Nobody may ask here: whoever runs the server has set no CHAT_API_TOKEN.")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = settings.chat_api_token.get_secret_value()
    if scheme.lower() != "bearer" or not secrets.compare_digest(given.strip().encode(), token.encode()):
        headers = {"WWW-Authenticate": 'Bearer realm="chat"'}
        raise HTTPException(401, "The token is missing or wrong: Authorization: Bearer TOKEN.", headers)
