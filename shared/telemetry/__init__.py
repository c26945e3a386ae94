"""What the app tells about itself: spans, metrics and logs in OpenTelemetry's words. Where to is settings' business."""
