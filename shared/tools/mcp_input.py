"""What a tool wants to know from a person, out of the protocol's shapes and the answers back into them."""

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

import mcp_types as types
from pydantic import TypeAdapter, ValidationError

from shared.tools.catalog import ServerSpec
from shared.tools.descriptions import MAX_SCHEMA, ToolUnusable, canonical
from shared.tools.failures import Judgement, Meaning
from shared.tools.forms import FormUnusable, plain_form
from shared.tools.outcome import Continuation, InputAnswer, InputNeeded, InputRequest
from shared.tools.text import clean

MAX_QUESTIONS = 8
MAX_STATE = 256_000
MAX_MESSAGE = 4_000
MAX_URL = 2_000
_MAX_KEY = 200
_VALUES: TypeAdapter[dict[str, str | int | float | bool | list[str] | None]] = TypeAdapter(
    dict[str, str | int | float | bool | list[str] | None]
)


class InputUnusable(ValueError):  # noqa: N818 - reads as what happened
    """The server asked for what cannot be put to a person; the message says what."""


def input_needed(result: types.InputRequiredResult, server: ServerSpec) -> InputNeeded | Judgement:
    """Return the questions to put to a person; a judgement when one of them cannot be."""
    asked, state = result.input_requests or {}, result.request_state
    if state is not None and len(state.encode("utf-8", "surrogatepass")) > MAX_STATE:
        return _unusable("too large a state to be kept")
    if len(asked) > MAX_QUESTIONS:
        return _unusable(f"more than {MAX_QUESTIONS} answers at once")
    try:
        requests = tuple(_request(key, request, server) for key, request in asked.items())
    except InputUnusable as error:
        return _unusable(str(error))
    return InputNeeded(requests=requests, state=state, ms=0)


def pages_needed(pages: Sequence[types.ElicitRequestURLParams], server: ServerSpec) -> InputNeeded | Judgement:
    """Return the pages a server of the handshake era wants opened before the call is made again."""
    if not 0 < len(pages) <= MAX_QUESTIONS:
        return _unusable("no page, or too many")
    try:
        requests = tuple(question(page.elicitation_id or str(at), page, server) for at, page in enumerate(pages))
    except InputUnusable as error:
        return _unusable(str(error))
    return InputNeeded(requests=requests, state=None, ms=0)


def question(key: str, params: types.ElicitRequestParams, server: ServerSpec) -> InputRequest:
    """Return one question for a person.

    Raises:
        InputUnusable: it cannot be shown.

    """
    if not key or len(key) > _MAX_KEY:
        raise InputUnusable("an answer under a name that cannot be kept")
    message = clean(params.message)[:MAX_MESSAGE].strip()
    if isinstance(params, types.ElicitRequestURLParams):
        return InputRequest(key=key, kind="url", message=message, url=_page(params.url, server))
    try:
        schema = canonical(plain_form(params.requested_schema))
    except (FormUnusable, ToolUnusable, RecursionError):
        raise InputUnusable("more than a form of plain fields") from None
    if len(schema) > MAX_SCHEMA:
        raise InputUnusable("too large a form")
    return InputRequest(key=key, kind="form", message=message, schema=schema)


def elicited(answer: InputAnswer) -> types.ElicitResult:
    """Return an answer as the protocol has it.

    Raises:
        InputUnusable: its values are not those of a flat form.

    """
    values = None
    if answer.action == "accept" and answer.values is not None:
        try:
            values = _VALUES.validate_python(json.loads(answer.values), strict=True)
        except (ValidationError, ValueError):
            raise InputUnusable("the answers fit no form") from None
    return types.ElicitResult(action=answer.action, content=values)


def responses(continuation: Continuation) -> types.InputResponses | None:
    """Return all answers under their keys; None without any.

    Raises:
        InputUnusable: the values of one are not those of a flat form.

    """
    return {answer.key: elicited(answer) for answer in continuation.answers} or None


def _request(key: str, request: types.InputRequest, server: ServerSpec) -> InputRequest:
    match request:
        case types.ElicitRequest():
            return question(key, request.params, server)
        case types.CreateMessageRequest():
            raise InputUnusable("an answer from the model")
        case types.ListRootsRequest():
            raise InputUnusable("the person's folders")


def _page(url: str, server: ServerSpec) -> str:
    """Return the address of a page a person may be sent to: over TLS, unless the server itself is called without."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise InputUnusable("a page that has no address") from None
    schemes = {"https"} if server.encrypted else {"https", "http"}
    clear = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL
    if not clear or parts.scheme not in schemes or not parts.hostname or parts.username is not None:
        raise InputUnusable("a page nobody should be sent to")
    return url


def _unusable(what: str) -> Judgement:
    text = f"The tool asked for {what}, which the coach does not give. It did not finish."
    return Judgement(meaning=Meaning.FAILED, text=text)
