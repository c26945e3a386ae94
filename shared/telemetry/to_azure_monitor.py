"""Exporters to Application Insights. They sign in as `APPLICATIONINSIGHTS_AUTHENTICATION_STRING` tells the package."""

from azure.monitor.opentelemetry.exporter import (
    AzureMonitorLogExporter,
    AzureMonitorMetricExporter,
    AzureMonitorTraceExporter,
)


def spans(connection_string: str) -> AzureMonitorTraceExporter:
    # A deployed instance's disk is no place to keep telemetry for later: the instance may never come back.
    return AzureMonitorTraceExporter(connection_string=connection_string, disable_offline_storage=True)


def metrics(connection_string: str) -> AzureMonitorMetricExporter:
    return AzureMonitorMetricExporter(connection_string=connection_string, disable_offline_storage=True)


def logs(connection_string: str) -> AzureMonitorLogExporter:
    return AzureMonitorLogExporter(connection_string=connection_string, disable_offline_storage=True)
