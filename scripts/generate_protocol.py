"""Write the protocol's JSON Schema and its reference page from `shared/protocol`.

`python scripts/generate_protocol.py` writes; `--check` exits 1 when a file is stale.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pydantic import BaseModel  # noqa: E402 - the path comes first
from pydantic.json_schema import JsonSchemaMode, models_json_schema  # noqa: E402

from shared.protocol import beside, cards, durable, ephemeral, group  # noqa: E402
from shared.protocol import command_base as base  # noqa: E402
from shared.protocol.codes import FAULT_OF  # noqa: E402
from shared.protocol.frames import COMMANDS  # noqa: E402

SCHEMA = ROOT / "docs" / "protocol.schema.json"
PAGE = ROOT / "docs" / "protocol.md"
INTRODUCTION = ROOT / "docs" / "protocol.intro.md"

DURABLE = (
    durable.MessageCreated,
    durable.MessageCompleted,
    durable.ToolCallStarted,
    durable.ToolCallCompleted,
    durable.ChatResponse,
    durable.TurnQueued,
    durable.TurnStarted,
    durable.TurnStopping,
    durable.TitleUpdated,
    durable.SettingsUpdated,
    durable.FeedbackRecorded,
    cards.CardOpened,
    cards.CardClosed,
    cards.TurnParked,
    cards.TurnResumed,
    group.GroupUpdated,
    group.ParticipantInvited,
    group.ParticipantJoined,
    group.ParticipantLeft,
    group.ParticipantRemoved,
    group.ParticipantRole,
    group.MessageEdited,
    group.MessageDeleted,
    group.MessageShared,
    group.SteerTaken,
    group.ReactionSet,
    beside.ChartCreated,
    beside.AnswerChecked,
    durable.Withheld,
)
EPHEMERAL = (
    ephemeral.ConnectionAck,
    ephemeral.CommandAccepted,
    ephemeral.Snapshot,
    ephemeral.SessionCreated,
    ephemeral.MessageStarted,
    ephemeral.MessageDelta,
    ephemeral.SteerReturned,
    group.SteerOffered,
    group.Notice,
    ephemeral.AiState,
    cards.ToolCallProgress,
    ephemeral.BudgetWarning,
    ephemeral.AnswerOffered,
    ephemeral.ListUpdated,
    ephemeral.ToolsUpdated,
    group.Typing,
    group.Presence,
    group.ReadUpdated,
    beside.SuggestionsOffered,
    ephemeral.ErrorEvent,
)
LIMITS = {
    "frame_bytes": base.MAX_FRAME_BYTES,
    "content_characters": base.MAX_CONTENT_CHARACTERS,
    "note_characters": base.MAX_NOTE_CHARACTERS,
}


type Described = tuple[type[BaseModel], JsonSchemaMode]


def schema() -> dict[str, Any]:
    """Return one document with a definition per shape and the two unions `Command` and `ServerEvent`."""
    # Events are read as the server writes them, every field present; commands may leave defaults out.
    sent: list[Described] = [(model, "validation") for model in COMMANDS]
    received: list[Described] = [(model, "serialization") for model in (*DURABLE, *EPHEMERAL)]
    _, document = models_json_schema([*sent, *received])
    definitions = cast("dict[str, Any]", document["$defs"])
    for name, models in {"Command": COMMANDS, "StoredEvent": DURABLE, "EphemeralEvent": EPHEMERAL}.items():
        definitions[name] = {"oneOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in models]}
    definitions["ServerEvent"] = {"oneOf": [{"$ref": "#/$defs/StoredEvent"}, {"$ref": "#/$defs/EphemeralEvent"}]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "x-limits": LIMITS, "$defs": definitions}


def page() -> str:
    """Return the reference page: the introduction, then a table per group of shapes."""
    lines = [INTRODUCTION.read_text(encoding="utf-8").rstrip(), ""]
    for title, models in (
        ("Commands (client to server)", COMMANDS),
        ("Durable events", DURABLE),
        ("Ephemeral events", EPHEMERAL),
    ):
        lines += [f"## {title}", "", "| type | fields | meaning |", "|---|---|---|"]
        lines += [_row(model) for model in models]
        lines.append("")
    lines += ["## Error codes", "", "| code | fault |", "|---|---|"]
    lines += [f"| `{code}` | {fault} |" for code, fault in FAULT_OF.items()]
    return "\n".join(lines) + "\n"


def _row(model: type[BaseModel]) -> str:
    mode: JsonSchemaMode = "validation" if model in COMMANDS else "serialization"
    described = model.model_json_schema(mode=mode)
    required = set(described.get("required", []))
    names = [name for name in described["properties"] if name != "type"]
    shown = ", ".join(f"`{name}`" if name in required else f"`{name}?`" for name in names)
    meaning = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    return f"| `{described['properties']['type']['const']}` | {shown} | {meaning} |"


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--check", action="store_true")
    check = flags.parse_args().check
    wanted = {SCHEMA: json.dumps(schema(), indent=2) + "\n", PAGE: page()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if check and stale:
        sys.exit("stale, run `make protocol`: " + ", ".join(str(path.relative_to(ROOT)) for path in stale))
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")


if __name__ == "__main__":
    main()
