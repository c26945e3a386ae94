"""The HTTP surface: paths of the v1 API, of Azure deployments, and of the scenario control."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from aiohttp import web

from local.hold_door import abort, add_hold_routes
from local.holds import RequestDroppedError
from local.openai import embeddings, script
from local.openai.errors import ApiError, invalid, not_found, unauthorized
from local.openai.identifiers import standard_headers
from local.openai.service import Service
from local.service import announce, bind, port_of

MAX_BODY = 64 * 2**20
MODELS = ("gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-4.1-mini", "gpt-4o-mini", *embeddings.DIMENSIONS)
PREFIXES = ("/openai/v1", "/v1")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests without a key or token, and give every refusal the service's error shape."""
    try:
        if not request.path.startswith("/_"):
            _check_key(request)
        return await handler(request)
    except ApiError as error:
        headers = {**standard_headers(request.match_info.get("deployment", "")), **error.headers}
        return web.json_response(error.body(), status=error.status, headers=headers)
    except RequestDroppedError:
        return abort(request)
    except web.HTTPNotFound:
        return web.json_response({"error": {"code": "404", "message": "Resource not found"}}, status=404)
    except web.HTTPMethodNotAllowed:
        return web.json_response({"error": {"code": "405", "message": "Method not allowed"}}, status=405)
    except web.HTTPRequestEntityTooLarge:
        return web.json_response({"error": {"code": "413", "message": "Request too large"}}, status=413)


def _check_key(request: web.Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not (scheme.lower() == "bearer" and token.strip()) and not request.headers.get("api-key"):
        raise unauthorized()


async def _body(request: web.Request) -> Mapping[str, Any]:
    try:
        value: object = json.loads(await request.read())
    except ValueError as error:
        message = "We could not parse the JSON body of your request."
        raise invalid(message, code="invalid_json") from error
    if not isinstance(value, dict):
        raise invalid("The body of the request must be a JSON object.")
    return cast("dict[str, Any]", value)


class Routes:
    """The handlers over one service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def respond(self, request: web.Request) -> web.StreamResponse:
        return await self._service.respond(request, await _body(request))

    async def complete(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        deployment = request.match_info.get("deployment")
        return await self._service.complete(request, {**body, "model": deployment} if deployment else body)

    async def embed(self, request: web.Request) -> web.StreamResponse:
        body = dict(await _body(request))
        body["model"] = request.match_info.get("deployment") or body.get("model")
        return web.json_response(embeddings.embed(body))

    async def models(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": [_model(name) for name in self._names()]})

    async def model(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in self._names():
            raise not_found(f"The model '{name}' does not exist.", code="model_not_found")
        return web.json_response(_model(name))

    async def stored(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._stored(request).response)

    async def stored_input(self, request: web.Request) -> web.StreamResponse:
        items = [
            {"id": f"{request.match_info['id']}_{index}", "type": "message", **item}
            for index, item in enumerate(self._stored(request).items)
        ]
        first, last = (items[0]["id"], items[-1]["id"]) if items else (None, None)
        page = {"object": "list", "data": items[::-1], "has_more": False}
        return web.json_response({**page, "first_id": last, "last_id": first})

    async def forget(self, request: web.Request) -> web.StreamResponse:
        stored = self._stored(request)
        self._service.responses.delete(str(stored.response["id"]))
        answer = {"id": stored.response["id"], "object": "response", "deleted": True}
        return web.json_response(answer)

    async def set_scenario(self, request: web.Request) -> web.StreamResponse:
        try:
            rules = script.parse(await request.read())
        except ValueError as error:
            raise invalid(f"Not a scenario: {error}") from error
        self._service.scenario.replace(rules)
        return web.json_response({"rules": len(rules.rules)})

    async def get_scenario(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(self._service.scenario.script.model_dump(exclude_defaults=True))

    async def clear_scenario(self, _request: web.Request) -> web.StreamResponse:
        self._service.scenario.replace(script.Script())
        return web.Response(status=204)

    async def get_log(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(self._service.requests.as_json())

    async def clear_log(self, _request: web.Request) -> web.StreamResponse:
        self._service.requests.clear()
        return web.Response(status=204)

    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(self._service.settings.deployments)) or MODELS

    def _stored(self, request: web.Request) -> Any:
        response_id = request.match_info["id"]
        found = self._service.responses.get(response_id)
        if found is None:
            raise not_found(f"Response with id '{response_id}' not found.", code="not_found")
        return found


def _model(name: str) -> Mapping[str, Any]:
    return {"id": name, "object": "model", "created": int(time.time()), "owned_by": "local"}


def build_app(service: Service) -> web.Application:
    """Return the application over a service."""
    routes = Routes(service)
    app = web.Application(middlewares=[guard], client_max_size=MAX_BODY)
    add = app.router.add_route
    for prefix in PREFIXES:
        add("POST", f"{prefix}/responses", routes.respond)
        add("GET", f"{prefix}/responses/{{id}}", routes.stored)
        add("DELETE", f"{prefix}/responses/{{id}}", routes.forget)
        add("GET", f"{prefix}/responses/{{id}}/input_items", routes.stored_input)
        add("POST", f"{prefix}/chat/completions", routes.complete)
        add("POST", f"{prefix}/embeddings", routes.embed)
        add("GET", f"{prefix}/models", routes.models)
        add("GET", f"{prefix}/models/{{name}}", routes.model)
    add("POST", "/openai/responses", routes.respond)
    add("POST", "/openai/deployments/{deployment}/chat/completions", routes.complete)
    add("POST", "/openai/deployments/{deployment}/embeddings", routes.embed)
    add("PUT", "/_scenario", routes.set_scenario)
    add("GET", "/_scenario", routes.get_scenario)
    add("DELETE", "/_scenario", routes.clear_scenario)
    add("GET", "/_log", routes.get_log)
    add("DELETE", "/_log", routes.clear_log)
    add_hold_routes(app, "/_holds", service.holds)
    return app


async def serve(service: Service, port: int, stop: asyncio.Event) -> None:
    """Serve on 127.0.0.1 until `stop` is set.

    Raises:
        PortBusyError: another program holds the port.

    """
    sock = bind(port)
    runner = web.AppRunner(build_app(service), handler_cancellation=True, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, sock, backlog=1024).start()
        announce("openai", port_of(sock))
        await stop.wait()
    finally:
        await runner.cleanup()
