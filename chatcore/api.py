"""The HTTP routes beside the page. Knows no page."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def health(_: Request) -> Response:
    """200 while this process answers at all."""
    return JSONResponse({"status": "ok"})


routes = [Route("/api/health", health, methods=["GET"])]
