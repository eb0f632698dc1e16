"""Figures of a desk for Prometheus. It needs: pip install prometheus-client."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from escalate.errors import GivenUp
from escalate.runtime import Decision, Delivery, Firing, Observer, Rejection, Tick, Trouble


class ToPrometheus(Observer):
    """Counts what a desk does. Labels are words of the policy, never tickets or people."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def made(kind, name, text, *labels, **more):
            return kind(f"escalate_{name}", text, ["desk", *labels], registry=registry, **more)

        self._events = made(Counter, "events", "What happened", "event", "tier")
        self._refused = made(Counter, "refused", "Commands refused", "code")
        self._delivered = made(Counter, "delivered", "Notices carried", "receiver")
        self._failed = made(Counter, "failed", "What failed", "error")
        self._given_up = made(Counter, "given_up", "Dead letters")
        self._ticked = made(Gauge, "last_tick_timestamp_seconds", "When it last ticked")
        buckets = (1, 5, 15, 60, 300, 900, 3_600, 14_400)
        self._late = made(Histogram, "late_seconds", "How late timers fired", buckets=buckets)

    def decided(self, decision: Decision) -> None:
        """Count what happened."""
        for event in decision.events:
            name, tier = type(event).__name__, decision.ticket.tier
            self._events.labels(decision.desk, name, tier).inc()

    def fired(self, firing: Firing) -> None:
        """Measure how late a timer was."""
        self._late.labels(firing.desk).observe(firing.late_s)

    def refused(self, rejection: Rejection) -> None:
        """Count what was refused."""
        self._refused.labels(rejection.desk, rejection.refusal.code).inc()

    def delivered(self, delivery: Delivery) -> None:
        """Count whom somebody was told."""
        self._delivered.labels(delivery.desk, delivery.notice.event.receiver).inc()

    def failed(self, trouble: Trouble) -> None:
        """Count what failed, and what was given up: the one to raise an alarm on."""
        self._failed.labels(trouble.desk, type(trouble.error).__name__).inc()
        if isinstance(trouble.error, GivenUp):
            self._given_up.labels(trouble.desk).inc()

    def ticked(self, tick: Tick) -> None:
        """Note that somebody ticks: the alarm for a worker that does not run any more."""
        self._ticked.labels(tick.desk).set_to_current_time()
