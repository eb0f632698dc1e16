"""The observers of examples/watching: what monitoring systems are told of a desk."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, generate_latest

from escalate.core import commands as c
from escalate.errors import PathNotAllowed
from tests.runtime.shop import ANA, shop

FOLDER = Path(__file__).parents[2] / "examples" / "watching"


def example(name: str) -> ModuleType:
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(f"{name}_example", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mail(notice: Any) -> None:
    """Fails for one receiver."""
    if notice.event.about == "call":
        raise ConnectionError("no mail server")


def test_prometheus_is_told_what_to_alarm_on() -> None:
    """Events, refusals, lateness, deliveries, failures, dead letters and the last tick are figures."""
    registry = CollectorRegistry()
    desk, clock = shop(notify=mail, observers=[example("to_prometheus").ToPrometheus(registry)])
    desk.open(id="T-1", requester="cust-81")
    desk.handle("T-1", c.RequestHuman())
    with pytest.raises(PathNotAllowed):
        desk.handle("T-1", c.Escalate(to="N9", by=ANA))
    for _ in range(12):
        clock.advance(minutes=65)
        desk.tick()

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"escalate_{name}", {"desk": "main", **labels})

    assert value("events_total", event="Opened", tier="N1") == 1
    assert value("refused_total", code="path-not-allowed") == 1
    assert value("late_seconds_count") == 3
    assert value("late_seconds_sum") == 600 + 1200 + 1200
    assert value("delivered_total", receiver="lead") == 2
    assert value("failed_total", error="ConnectionError") == 12
    assert value("given_up_total") == 1
    assert (value("last_tick_timestamp_seconds") or 0) > 0
    assert b"T-1" not in generate_latest(registry)
    assert b"cust-81" not in generate_latest(registry)


def test_opentelemetry_sees_decisions_in_the_spans_of_requests() -> None:
    """What a request led to stands in its own trace, and lateness is a histogram."""
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    traces = TracerProvider()
    traces.add_span_processor(SimpleSpanProcessor(spans))
    meter = MeterProvider([reader]).get_meter("shop")
    desk, clock = shop(observers=[example("to_opentelemetry").ToOpenTelemetry(meter)])
    with traces.get_tracer("shop").start_as_current_span("POST /tickets"):
        desk.open(id="T-1")
    (span,) = spans.get_finished_spans()
    assert [(each.name, dict(each.attributes or {})) for each in span.events] == [
        ("escalate.Opened", {"escalate.ticket_id": "T-1", "escalate.tier": "N1"})
    ]
    clock.advance(hours=3)
    desk.tick()
    data = reader.get_metrics_data()
    assert data is not None
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    assert metric.name == "escalate.timer.late"
    assert [point.sum for point in metric.data.data_points] == [3600.0]


def test_the_page_shows_the_examples_as_they_are() -> None:
    """What the how-to prints of an example is in the example, to the letter."""
    page = (FOLDER.parents[1] / "docs" / "how-to" / "watch-a-desk.md").read_text(encoding="utf-8")
    shown = [block.partition("```")[0] for block in page.split("```py\n")[1:]]
    sources = "\n".join(each.read_text(encoding="utf-8") for each in FOLDER.glob("*.py"))
    assert shown
    for block in shown:
        assert block in sources
