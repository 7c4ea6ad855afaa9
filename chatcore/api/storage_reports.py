"""What the browser's storage holds, as a page of this server reports it."""

import json

from starlette.requests import Request
from starlette.responses import Response

from chatcore.session.session import VISITS

MAX_REPORT = 10_000
"""Bytes of a report."""


async def stored(request: Request) -> Response:
    """What a page's storage holds, as `Visit.take_report` wants it, with the `visit`'s token: 204, or 404."""
    if request.headers.get("content-type") != "application/json":
        return Response(status_code=415)
    if int(request.headers.get("content-length") or MAX_REPORT + 1) > MAX_REPORT:
        return Response(status_code=413)
    try:
        report = json.loads(await request.body())
        visit = VISITS[report["visit"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Response(status_code=404)
    visit.take_report(report)
    return Response(status_code=204)
