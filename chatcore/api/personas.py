"""The shared personas: to see, put and delete them, and the JSON Schema of a persona."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatcore.api.auth import Server, guarded
from chatcore.api.json_bodies import answer, json_body
from chatcore.personas import model
from chatcore.personas.parsing import read
from chatcore.personas.shared_directory import RefusedError, SharedPersonas
from chatcore.text.json_source import Problem, problem_at

MAX_BODY = 200_000
"""Bytes of the JSON of a persona."""
NO_UTF_8 = "it is no text in UTF-8"
OTHER_ID = "it must be the id that the address has"


def routes(server: Callable[[], Server]) -> list[Route]:
    one = "/api/personas/{id}"
    return [
        Route("/api/personas", guarded(server, _all), methods=["GET"]),
        Route("/api/personas/schema", guarded(server, _schema), methods=["GET"]),
        Route(one, guarded(server, _get), methods=["GET"]),
        Route(one, guarded(server, _put), methods=["PUT"]),
        Route(one, guarded(server, _delete), methods=["DELETE"]),
    ]


async def _all(_: Request, server: Server) -> Response:
    """All of them, and what is wrong with which file."""
    found = await asyncio.to_thread(server.shared.all)
    wrong = await asyncio.to_thread(server.shared.problems)
    problems = [{"file": name, **asdict(problem)} for name, problem in wrong]
    return answer({"personas": [persona.to_dict() for persona in found], "problems": problems})


async def _schema(_: Request, __: Server) -> Response:
    return answer(model.schema())


async def _get(request: Request, server: Server) -> Response:
    persona = await asyncio.to_thread(server.shared.find, request.path_params["id"])
    if persona is None:
        raise _not_found()
    return answer(persona.to_dict())


async def _put(request: Request, server: Server) -> Response:
    """201 where it is new, 200 where it takes another's place, and 422 with what is wrong with it."""
    body = await json_body(request, MAX_BODY)
    return await asyncio.to_thread(_keep, server.shared, request.path_params["id"], body)


async def _delete(request: Request, server: Server) -> Response:
    if not await asyncio.to_thread(server.shared.delete, request.path_params["id"]):
        raise _not_found()
    return Response(status_code=204)


def _keep(shared: SharedPersonas, persona_id: str, body: bytes) -> Response:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused([Problem("", NO_UTF_8)])
    found = read(text)
    if found.persona is None:
        return _refused(found.problems)
    if found.persona.id != persona_id:
        return _refused([problem_at(("id",), OTHER_ID, text)])
    try:
        new = shared.put(found.persona)
    except RefusedError as error:
        return _refused([error.problem])
    # What is not known may be a name that was mistyped.
    kept = {"persona": found.persona.to_dict(), "unknown": found.persona.unknown}
    return answer(kept, 201 if new else 200)


def _refused(problems: Iterable[Problem]) -> Response:
    return answer({"problems": [asdict(problem) for problem in problems]}, 422)


def _not_found() -> HTTPException:
    return HTTPException(404, "There is no shared persona with this id.")
