"""Names of our metrics and attributes; `infra/` looks for these, and a test compares.

`gen_ai.*`, `error.type`, `db.*`, `azure.cosmosdb.*` and `mcp.*` are OpenTelemetry's semantic conventions.
"""

TURNS = "salescoach.turns"
TURN_DURATION = "salescoach.turn.duration"
TIME_TO_FIRST_DELTA = "salescoach.time_to_first_delta"
TOOL_DURATION = "salescoach.tool.duration"
LOG_CONFLICTS = "salescoach.log.conflicts"
SWEEPS = "salescoach.sweeps"
SWEPT_TURNS = "salescoach.swept_turns"
CONNECTIONS = "salescoach.connections"
FAILURES = "salescoach.failures"
MODEL_TOKENS = "gen_ai.client.token.usage"
MODEL_DURATION = "gen_ai.client.operation.duration"

METRICS = frozenset(
    {
        TURNS,
        TURN_DURATION,
        TIME_TO_FIRST_DELTA,
        TOOL_DURATION,
        LOG_CONFLICTS,
        SWEEPS,
        SWEPT_TURNS,
        CONNECTIONS,
        FAILURES,
        MODEL_TOKENS,
        MODEL_DURATION,
    }
)

FAULT = "salescoach.fault"
"""Where the cause of a failure lies: `shared.protocol.codes.Fault`."""
CODE = "salescoach.code"
STATUS = "salescoach.status"
PLACE = "salescoach.place"
"""What failed: `command`, `api`, `model`, `tool`, `turn`, or the name of an activity or a timer."""
CONVERSATION = "gen_ai.conversation.id"
TURN = "salescoach.turn.id"
CALL = "gen_ai.tool.call.id"
TOOL = "gen_ai.tool.name"
SERVER = "salescoach.tool.server"
OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - a name, not a secret
ERROR = "error.type"
DB_SYSTEM = "db.system.name"
DB_NAMESPACE = "db.namespace"
DB_CONTAINER = "db.collection.name"
DB_OPERATION = "db.operation.name"
DB_STATUS = "db.response.status_code"
DB_CHARGE = "azure.cosmosdb.operation.request_charge"
DB_SUB_STATUS = "azure.cosmosdb.response.sub_status_code"
