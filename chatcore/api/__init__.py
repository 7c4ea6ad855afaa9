"""The HTTP routes beside the page. Knows no page.

Owns which there are. `access` says who may ask, `bodies` how JSON comes in and goes out, and every other module is what
one part of the app can be asked.
"""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatcore.api import personas, storage_reports
from chatcore.api.auth import Server as Server
from chatcore.api.json_bodies import answer, told


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
        Route("/api/stored", storage_reports.stored, methods=["POST"]),
        *personas.routes(server),
        Route("/api/{path:path}", nothing, methods=["GET"]),
    ]
