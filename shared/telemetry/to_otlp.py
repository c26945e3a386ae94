"""Exporters to an OTLP endpoint, over HTTP."""

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter


def spans(endpoint: str) -> OTLPSpanExporter:
    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")


def metrics(endpoint: str) -> OTLPMetricExporter:
    return OTLPMetricExporter(endpoint=f"{endpoint.rstrip('/')}/v1/metrics")


def logs(endpoint: str) -> OTLPLogExporter:
    return OTLPLogExporter(endpoint=f"{endpoint.rstrip('/')}/v1/logs")
