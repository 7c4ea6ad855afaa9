"""The HTTP routes beside the page. Knows no page.

`auth` decides who may ask, `json_bodies` reads and writes JSON, and every other module answers for one part of the app.
"""

from collections.abc import Callable
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatcore.api import auth, personas, storage_reports
from chatcore.api.json_bodies import answer, told


class Server(auth.Server, storage_reports.Server, Protocol):
    """What lives as long as the process, as far as the routes need it."""


async def health(_: Request) -> Response:
    """200 while this process answers at all."""
    return answer({"status": "ok"})


async def nothing(_: Request) -> Response:
    """Streamlit would answer with the page."""
    return told(HTTPException(404, "There is nothing at this address."))


def routes(server: Callable[[], Server]) -> list[Route]:
    """All of them. `server` gives what lives as long as the process; it may block, and raise `SetupError`."""
    return [
        Route("/api/health", health, methods=["GET"]),
        storage_reports.route(server),
        *personas.routes(server),
        Route("/api/{path:path}", nothing, methods=["GET"]),
    ]
