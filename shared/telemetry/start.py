"""Lets telemetry begin when the app starts; without a receiver in the settings nothing of the SDK is loaded."""

from typing import TYPE_CHECKING

from shared.late import importing_late
from shared.settings import Settings

with importing_late():
    from shared.telemetry import exporters

if TYPE_CHECKING:
    from shared.telemetry.exporters import Telemetry


def start_telemetry(settings: Settings) -> "Telemetry | None":
    """Export to what the settings name; None when they name nothing."""
    secret = settings.applicationinsights_connection_string
    connection_string = secret.get_secret_value() if secret is not None else ""
    if not connection_string and not settings.otel_exporter_otlp_endpoint:
        return None
    to = exporters.receivers(connection_string, settings.otel_exporter_otlp_endpoint)
    return exporters.start(to, sample_ratio=settings.trace_sample_ratio)
