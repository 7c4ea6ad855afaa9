"""JSON in and out: a body that is read with a bound, and answers that any text can be in."""

import asyncio
import json
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

BODY_SECONDS = 30.0
"""How long a body may take to come."""


async def json_body(request: Request, most: int) -> bytes:
    """The body, of at most so many bytes, whatever length it says it has. Raises HTTPException."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "The body must be JSON, with Content-Type: application/json.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise HTTPException(413, f"The body may have {most:,} bytes.")
    except TimeoutError:
        raise HTTPException(408, "The body did not come in time.", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400, "The body is not complete.") from None
    return bytes(body)


def answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    # A lone surrogate has no bytes; its escape is JSON too.
    text = json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")
    return Response(text, status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def told(error: HTTPException) -> Response:
    """Why there is no other answer."""
    return answer({"error": error.detail}, error.status_code, error.headers)
