"""What the browser's storage holds, as a page of this server reports it."""

import asyncio
import json
from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatcore.errors import SetupError
from chatcore.session.open_sessions import OpenSessions

MAX_REPORT = 10_000
"""Bytes of a report."""


class Server(Protocol):
    """What lives as long as the process, as far as reports need it."""

    @property
    def sessions(self) -> OpenSessions: ...


def route(server: Callable[[], Server]) -> Route:
    """`POST /api/stored`: a report as `TabSync.take_report` wants it, with the token of its page as `session`.

    Answers 204; 404 where no such page is open here.
    """

    async def stored(request: Request) -> Response:
        if request.headers.get("content-type") != "application/json":
            return Response(status_code=415)
        if int(request.headers.get("content-length") or MAX_REPORT + 1) > MAX_REPORT:
            return Response(status_code=413)
        try:
            report = json.loads(await request.body())
            page = (await asyncio.to_thread(server)).sessions.find(report["session"])
        except (ValueError, KeyError, TypeError, RecursionError, SetupError):
            page = None
        if page is None:
            return Response(status_code=404)
        page.take_report(report)
        return Response(status_code=204)

    return Route("/api/stored", stored, methods=["POST"])
