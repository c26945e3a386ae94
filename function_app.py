"""Composition root: settings, clients, packages, app. Nothing else happens here."""

import logging
import os

import azure.durable_functions as df
import azure.functions as func

from api.functions import api_blueprint
from api.mcp_server.functions import coach_server_blueprint
from chat.functions import chat_blueprint
from group_chat.functions import group_chat_blueprint
from insights.functions import insights_blueprint
from orchestration.functions import orchestration_blueprint
from shared.collecting import look_seldom
from shared.log_lines import traced_record
from shared.runtime import build_runtime
from shared.settings import Settings
from shared.telemetry.start import start_telemetry
from shared.turn_engine import TurnEngines

logging.setLogRecordFactory(traced_record)
for _chatty in ("azure", "httpx2", "openai", "opentelemetry"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)

look_seldom()
_settings = Settings.from_environment(os.environ)
start_telemetry(_settings)
_runtime = build_runtime(_settings)
_engines = TurnEngines(df.DurableFunctionsClient)

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(chat_blueprint(_runtime, _engines))
app.register_functions(group_chat_blueprint(_runtime, _engines))
app.register_functions(api_blueprint(_runtime, _engines))
app.register_functions(coach_server_blueprint(_runtime, _engines))
app.register_functions(orchestration_blueprint(_runtime, _engines))
app.register_functions(insights_blueprint(_runtime, _engines))
