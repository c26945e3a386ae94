"""The OpenAPI 3.1 document of the HTTP API, made from the endpoints themselves, and the endpoint that serves it."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.inputs import JSON, PATH_VALUE
from shared.problems import MEDIA_TYPE, status_of_code
from shared.protocol.codes import ErrorCode, Fault

VERSION = "1"
_REF = "#/components/schemas/{model}"
_SCHEME = "entra"
_TAG = r'^(\*|"[0-9]{1,9}")$'
_PATH_PARAMETER = re.compile(r"\{(\w+)\}")
_WORDS: dict[int, str] = {
    400: "The request is wrong; `title` says where.",
    401: "No valid access token.",
    403: "The token does not allow this.",
    404: "There is none, or it is somebody else's.",
    409: "It does not fit what is there.",
    412: "It has changed since the version that `If-Match` names.",
    413: "Too large.",
    415: "The body is said to be something else than JSON.",
    429: "Too many requests; `Retry-After` says when there is room again.",
    503: "Something the app needs is away; try again.",
}

type Json = dict[str, Any]


class ProblemDetails(Output):
    """Why a request was refused (RFC 9457). Programs go by `code`, people by `title`."""

    type: str
    title: str
    status: int
    code: ErrorCode
    fault: Fault
    message: str
    retryable: bool
    after_ms: int | None
    trace_id: str | None


class OpenApi:
    """Describes what is served, itself included."""

    def __init__(self, served: Sequence[Endpoint]) -> None:
        self._served = served
        self._text = b""

    def endpoint(self) -> Endpoint:
        return Endpoint(
            name="openapi",
            method="GET",
            path="openapi.json",
            summary="Read this document",
            handle=self._handle,
            tag="about",
            anyone=True,
        )

    def document(self) -> Json:
        """Return the document."""
        return document((*self._served, self.endpoint()))

    async def _handle(self, request: ApiRequest) -> ApiReply:
        self._text = self._text or json.dumps(self.document()).encode()
        tag = f'"{hashlib.sha256(self._text).hexdigest()[:16]}"'
        if request.raw.headers.get("if-none-match") == tag:
            return ApiReply(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        return ApiReply(body=self._text, headers={"ETag": tag, "Cache-Control": "max-age=300"})


def document(endpoints: Sequence[Endpoint]) -> Json:
    """Return the document that describes these endpoints."""
    paths: dict[str, Json] = {}
    endpoints = [endpoint for endpoint in endpoints if endpoint.described]
    for endpoint in endpoints:
        paths.setdefault(f"/{endpoint.path}", {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SalesCoach",
            "version": VERSION,
            "description": "What people do beside talking to the coach, which goes over a socket (`docs/protocol.md`).",
        },
        "servers": [{"url": "/api"}],
        "security": [{_SCHEME: []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(endpoints),
            "securitySchemes": {
                _SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An Entra access token for this API.",
                }
            },
        },
    }


def _schemas(endpoints: Iterable[Endpoint]) -> Json:
    inputs = {endpoint.body for endpoint in endpoints if endpoint.body}
    outputs = {endpoint.reply for endpoint in endpoints if endpoint.reply} | {ProblemDetails}
    described: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, cast("JsonSchemaMode", "validation")) for model in sorted(inputs, key=lambda model: model.__name__)),
        *((model, cast("JsonSchemaMode", "serialization")) for model in sorted(outputs, key=lambda m: m.__name__)),
    ]
    _, found = models_json_schema(described, ref_template=_REF)
    return dict(sorted(found["$defs"].items()))


def _operation(endpoint: Endpoint) -> Json:
    operation: Json = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint), *_header_parameters(endpoint)],
        "responses": _responses(endpoint),
    }
    if endpoint.detail:
        operation["description"] = endpoint.detail
    if endpoint.anyone:
        operation["security"] = []
    if endpoint.body is not None:
        content = {JSON: {"schema": _ref(endpoint.body)}}
        operation["requestBody"] = {"required": not _takes_nothing(endpoint.body), "content": content}
    return operation


def _takes_nothing(body: type[BaseModel]) -> bool:
    try:
        body.model_validate({})
    except ValidationError:
        return False
    return True


def _path_parameters(endpoint: Endpoint) -> Iterable[Json]:
    for name in _PATH_PARAMETER.findall(endpoint.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": PATH_VALUE}}


def _query_parameters(endpoint: Endpoint) -> Iterable[Json]:
    if endpoint.query is None:
        return
    schema = endpoint.query.model_json_schema(ref_template=_REF)
    for name, described in schema["properties"].items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _without_null(_inlined(described, schema.get("$defs", {}))),
        }


def _inlined(value: Any, named: Json) -> Any:
    """Put the schemas a query's values refer to in their place: only bodies and replies are listed by name."""
    if isinstance(value, list):
        return [_inlined(item, named) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("Json", value)
    reference = fields.get("$ref")
    if isinstance(reference, str):
        return _inlined(named[reference.rsplit("/", 1)[1]], named)
    return {name: _inlined(item, named) for name, item in fields.items()}


def _without_null(schema: Json) -> Json:
    """A query's value is left out or there; none can say null."""
    kept = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    choices = [choice for choice in kept.pop("anyOf", []) if choice != {"type": "null"}]
    return kept | choices[0] if choices else kept


def _header_parameters(endpoint: Endpoint) -> Iterable[Json]:
    if endpoint.versioned:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "description": "The ETag this is made on; with another one by now, it is refused.",
            "schema": {"type": "string", "pattern": _TAG},
        }
    if endpoint.idempotent:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Makes repeating the request harmless.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        }


def _responses(endpoint: Endpoint) -> Json:
    content: Json = {}
    if endpoint.reply is not None:
        content[JSON] = {"schema": _ref(endpoint.reply)}
    elif endpoint.status != HTTPStatus.NO_CONTENT:
        content[JSON] = {"schema": {"type": "object"}}
    for media in endpoint.reply_media:
        content[media.partition(";")[0]] = {"schema": {"type": "string"}}
    good: Json = {"description": HTTPStatus(endpoint.status).phrase}
    if content:
        good["content"] = content
    problems = {str(status): _problem(status) for status in sorted(_refusals(endpoint))}
    return {str(endpoint.status): good, **problems}


def _refusals(endpoint: Endpoint) -> set[int]:
    statuses = {status_of_code(code) for code in endpoint.codes}
    if not endpoint.anyone:
        statuses |= {401, 429, 503}
    if endpoint.roles:
        statuses.add(403)
    if endpoint.body or endpoint.query or "{" in endpoint.path or endpoint.idempotent or endpoint.versioned:
        statuses.add(400)
    if endpoint.body:
        statuses |= {413, 415}
    return statuses


def _problem(status: int) -> Json:
    described: Json = {
        "description": _WORDS.get(status, HTTPStatus(status).phrase),
        "content": {MEDIA_TYPE: {"schema": _ref(ProblemDetails)}},
    }
    if status in {429, 503}:
        described["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    if status == HTTPStatus.UNAUTHORIZED:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return described


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF.format(model=model.__name__)}
