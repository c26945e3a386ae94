"""The catalogue of the HTTP API: for each endpoint and each kind of bad input, requests and how they are refused."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from api.endpoint import Endpoint
from api.inputs import MAX_BODY_BYTES
from tests.bad_input.asking import LEFT_OUT, Request
from tests.bad_input.catalogue import FIELDS, STATE, good_requests
from tests.bad_input.endpoint_fields import INVALID, MISSING, TOO_LONG
from tests.bad_input.scene import Scene
from tests.bad_input.tokens import bad_headers
from tests.bad_input.values import KEYS, MALFORMED, PATH_VALUES, POISON, TAGS

HALF_A_PAIR = "\ud800"
MEDIA_TYPES = [
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonx",
    "application/json; charset=utf-16",
    "json",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A request that is refused with `status` and `code`; its title begins with `place`."""

    what: str
    request: Request
    status: int = 400
    code: str = INVALID
    place: str = ""


type Rows = Callable[[Scene, Endpoint, Request], Iterator[Bad]]


def _sign_in(scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for what, header, code in bad_headers(scene, scene.ada):
        value = LEFT_OUT if header is None else header
        yield Bad(what=what, request=good.under({"Authorization": value}), status=401, code=code)


def _role(scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for roles in (["Sales"], [], None, ["admin"], ["Admin "], "Admin", {"Admin": True}):
        header = {"Authorization": scene.authorization(scene.ada, roles=roles)}
        yield Bad(
            what=f"the roles {roles}", request=good.under(header), status=403, code="forbidden", place="This needs"
        )


def _path(_scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for name in good.path:
        for value in PATH_VALUES:
            yield Bad(what=f"{name} {value[:40]!r}", request=good.at(**{name: value}), place=f"{name}:")


def _malformed(_scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for what, body in MALFORMED.items():
        yield Bad(what=what, request=good.raw(body), place="body:")
    twice = ",".join(f'"{name}": null' for name in good.body)
    whole = _told(good.body)
    yield Bad(what="a field that stands twice", request=good.raw(b"{" + twice.encode() + b"," + whole[1:]), place="")
    yield Bad(what="the same field again", request=good.raw(whole[:-1] + b"," + whole[1:]), place="body:")


def _told(body: Any) -> bytes:
    return json.dumps(body).encode()


def _media_type(_scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for value in MEDIA_TYPES:
        yield Bad(what=value, request=good.under({"Content-Type": value}), status=415, code="media_type_unsupported")


def _size(_scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    blanks = _told(good.body) + b" " * MAX_BODY_BYTES
    yield Bad(what="blanks", request=good.raw(blanks), status=413, code=TOO_LONG, place="The body is larger")
    yield Bad(what="5 MB", request=good.raw(b"x" * 5_000_000), status=413, code=TOO_LONG, place="The body is larger")


def _body(_scene: Scene, endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    fields = FIELDS[endpoint.name]
    for name, values in fields.body.items():
        for value in values:
            request = good.without(name) if value is MISSING else good.saying(**{name: value})
            other = fields.refused.get(name, {}).get(value) if isinstance(value, str) else None
            yield Bad(
                what=f"{name} {str(value)[:40]!r}",
                request=request,
                status=413 if other == TOO_LONG else 400,
                code=other or INVALID,
                place="" if other else name,
            )


def _unknown_body(_scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for name, value in {"owner": "tenant.eve", "seq": 0, "__proto__": {}, "": 1, "a" * 5000: 1, **POISON}.items():
        yield Bad(what=f"a field {name[:20]!r}", request=good.saying(**{name: value}), place=name[:20])


def _query(_scene: Scene, endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for name, values in FIELDS[endpoint.name].query.items():
        for value in (*values, HALF_A_PAIR):
            request = good.without(name) if not isinstance(value, str) else good.asking(**{name: value})
            yield Bad(what=f"{name} {str(value)[:40]!r}", request=request, place=_place(name, value))


def _place(name: str, value: object) -> str:
    """Name the fields that a period out of order may be told of."""
    return "" if value in {"9999-12-31", "0001-01-01", "0001-01-05"} else f"{name}:"


def _unknown_query(_scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for name in ("owner", "principal", "__class__", "a" * 500):
        yield Bad(what=f"a parameter {name[:20]}", request=good.asking(**{name: "x"}), place=name[:20])


def _key(_scene: Scene, _endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for value in KEYS:
        yield Bad(
            what=f"the key {value[:20]!r}", request=good.under({"Idempotency-Key": value}), place="Idempotency-Key:"
        )


def _tag(_scene: Scene, endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    changed = "memory_changed" if endpoint.tag == "memory" else "approved_answer_changed"
    for value in TAGS:
        yield Bad(what=f"the tag {value!r}", request=good.under({"If-Match": value}), place="If-Match:")
    for value in ('"0"', '"999"'):
        request = good.under({"If-Match": value})
        yield Bad(what=f"the tag {value}", request=request, status=412, code=changed)


def _state(scene: Scene, endpoint: Endpoint, good: Request) -> Iterator[Bad]:
    for what, request, status, code in STATE[endpoint.name](scene, good):
        yield Bad(what=what, request=request, status=status, code=code)


KINDS: dict[str, tuple[Callable[[Endpoint], bool], Rows]] = {
    "sign_in": (lambda endpoint: not endpoint.anyone, _sign_in),
    "role": (lambda endpoint: bool(endpoint.roles), _role),
    "path": (lambda endpoint: "{" in endpoint.path, _path),
    "malformed_body": (lambda endpoint: endpoint.body is not None, _malformed),
    "media_type": (lambda endpoint: endpoint.body is not None, _media_type),
    "size": (lambda endpoint: endpoint.body is not None, _size),
    "body": (lambda endpoint: endpoint.body is not None, _body),
    "unknown_field": (lambda endpoint: endpoint.body is not None, _unknown_body),
    "query": (lambda endpoint: endpoint.query is not None, _query),
    "unknown_parameter": (lambda endpoint: endpoint.query is not None, _unknown_query),
    "idempotency_key": (lambda endpoint: endpoint.idempotent, _key),
    "version": (lambda endpoint: endpoint.versioned, _tag),
    "state": (lambda endpoint: endpoint.name in STATE, _state),
}
"""Kinds of bad input: which endpoints can be given it, and what it is there."""


def rows_of(scene: Scene, endpoint: Endpoint, kind: str) -> list[Bad]:
    """Return the endpoint's rows of that kind; none where it cannot be given it."""
    applies, rows = KINDS[kind]
    return list(rows(scene, endpoint, good_requests(scene, scene.ada)[endpoint.name])) if applies(endpoint) else []
