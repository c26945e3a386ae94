import json
import subprocess
import sys
from pathlib import Path

import pytest

from shared.protocol.codes import ErrorCode
from shared.protocol.command_base import MAX_CONTENT_CHARACTERS, MAX_FRAME_BYTES, MAX_NOTE_CHARACTERS
from shared.protocol.events import STORED_EVENT
from shared.protocol.frames import COMMAND_TYPES
from shared.protocol.server_event import SERVER_EVENT

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "docs" / "protocol.schema.json").read_text(encoding="utf-8"))


def _types(adapter_schema: dict[str, object]) -> set[str]:
    definitions = adapter_schema["$defs"]
    assert isinstance(definitions, dict)
    mapping = adapter_schema.get("discriminator")
    assert isinstance(mapping, dict)
    return set(mapping["mapping"])


def test_the_generated_files_are_fresh() -> None:
    script = ROOT / "scripts" / "generate_protocol.py"
    run = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_a_client_can_know_the_limits() -> None:
    assert SCHEMA["x-limits"] == {
        "frame_bytes": MAX_FRAME_BYTES,
        "content_characters": MAX_CONTENT_CHARACTERS,
        "note_characters": MAX_NOTE_CHARACTERS,
    }


@pytest.mark.parametrize("name", sorted(COMMAND_TYPES))
def test_every_command_is_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_code_is_on_the_page(code: ErrorCode) -> None:
    assert f"| `{code}` |" in PAGE


def test_every_event_a_server_may_send_is_on_the_page_and_in_the_schema() -> None:
    sent = _types(SERVER_EVENT.json_schema())
    assert _types(STORED_EVENT.json_schema()) < sent
    for name in sent:
        assert f"| `{name}` |" in PAGE
    constants = {
        definition["properties"]["type"]["const"]
        for definition in SCHEMA["$defs"].values()
        if "const" in definition.get("properties", {}).get("type", {})
    }
    assert sent | COMMAND_TYPES <= constants


def test_a_client_can_tell_durable_events_by_seq_and_actor_whatever_their_type() -> None:
    durable = _types(STORED_EVENT.json_schema())
    schema = SERVER_EVENT.json_schema()
    shapes = schema["$defs"].values()
    told = {
        s["properties"]["type"]["const"] for s in shapes if {"type", "seq", "actor"} <= set(s.get("properties", {}))
    }
    assert told & _types(schema) == durable
