"""Spans and figures of a desk for OpenTelemetry. It needs: pip install opentelemetry-api, and an SDK."""

from __future__ import annotations

from opentelemetry.metrics import Meter
from opentelemetry.trace import Span, get_current_span

from escalate.runtime import Decision, Firing, Observer


class ToOpenTelemetry(Observer):
    """Adds what a desk decides to the span of the request that asked for it, and measures lateness.

    An observer is called in a thread of its own, with the context of its caller: so the current span is
    the request's, as long as that is open.
    """

    def __init__(self, meter: Meter) -> None:
        self._late = meter.create_histogram("escalate.timer.late", unit="s")

    def decided(self, decision: Decision) -> None:
        """Add an event to the caller's span for each event of the journal."""
        span: Span = get_current_span()
        for event in decision.events:
            fields = {
                "escalate.ticket_id": decision.ticket.id,
                "escalate.tier": decision.ticket.tier,
            }
            span.add_event(f"escalate.{type(event).__name__}", fields)

    def fired(self, firing: Firing) -> None:
        """Measure how late a timer was."""
        self._late.record(firing.late_s, {"escalate.desk": firing.desk})
