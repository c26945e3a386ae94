"""Reads what the system kept: the logs, with the product's own code, and the records of the model and the tools."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.chaos_stack import ChaosStack
from local.mcp_servers import call_log
from local.openai import request_log
from shared.containers import log_container
from shared.cosmos import Cosmos, Document
from shared.credential import azure_credential
from shared.event_log.documents import event_from, head_from
from shared.settings import ServiceAddress
from shared.tools.catalog import Catalog
from tests.e2e.stack import ROOT
from tests.support.history import ClientHistory, Dump, Effect, ModelCall, StoredConversation, StoredDocument


async def dump_of(chaos: ChaosStack, clients: Iterable[ClientHistory]) -> Dump:
    """Return everything kept of the clients' conversations, and the model and tool calls since the script was set.

    Raises RuntimeError when a record may have forgotten calls: what is missing there would be held against the app.
    """
    settings = chaos.stack.settings()
    credential = azure_credential()
    cosmos = Cosmos(ServiceAddress(connection_string=settings["COSMOS"]), credential, settings["COSMOS_DATABASE"])
    try:
        wanted = sorted(conversation for client in clients for conversation in client.created)
        conversations = [await _stored(cosmos, conversation_id) for conversation_id in wanted]
    finally:
        await cosmos.close()
        await credential.close()
    return Dump(
        conversations=tuple(conversations),
        model_calls=tuple(_model_call(row) for row in _all_of(chaos.model_log(), request_log.KEPT)),
        effects=tuple(_effects(_all_of(chaos.tool_log(), call_log.KEPT_CALLS))),
    )


def _all_of(rows: list[dict[str, Any]], kept: int) -> list[dict[str, Any]]:
    if len(rows) >= kept:
        raise RuntimeError(f"a record keeps {kept} calls and is full")
    return rows


async def _stored(cosmos: Cosmos, conversation_id: str) -> StoredConversation:
    container = log_container(conversation_id)
    documents = await cosmos.query(container, "SELECT * FROM c", {}, conversation_id)
    heads = [head_from(document).head for document in documents if document["kind"] == "head"]
    events = [_event(document) for document in documents if document["kind"] == "event"]
    events.sort(key=lambda stored: stored.event.seq)
    return StoredConversation(conversation_id=conversation_id, head=heads[0], documents=tuple(events))


def _event(document: Document) -> StoredDocument:
    return StoredDocument(id=document["id"], event=event_from(document))


def _model_call(row: dict[str, Any]) -> ModelCall:
    return ModelCall(question=str(row["text"]), step=int(row["step"]), whole=row["outcome"] in {"completed", "running"})


def _effects(rows: list[dict[str, Any]]) -> Iterable[Effect]:
    """Return the executions of tools that may not run twice for one call."""
    text = (ROOT / Path("mcpservers.json")).read_text(encoding="utf-8")
    catalog = Catalog.load(text, {"MCP_BASE_URL": "http://127.0.0.1:9"})
    for row in rows:
        server, tool = str(row["server"]), str(row["tool"])
        if row["executed"] and not catalog.servers[server].tool_policy(tool).idempotent:
            yield Effect(server=server, tool=tool, arguments=json.dumps(row["arguments"], sort_keys=True))
