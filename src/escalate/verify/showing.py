"""A report as people and programs read it: text, JSON, SARIF, GitHub's annotations, HTML for notebooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

from escalate.core.events import Moved
from escalate.core.explained import plain
from escalate.verify.findings import Finding, Report
from escalate.verify.stories import as_case, story

LineOf = Callable[[str], int | None]
_LEVELS: Final = {"error": "error", "warning": "warning", "note": "note"}


def text_of(report: Report) -> Iterator[str]:
    """Yield *report* line by line: the verdicts, what was found with its story, what it rests on."""
    for verdict in report.verdicts:
        yield plain(f"{verdict.answer:8} {verdict.number:2}. {verdict.title} ({verdict.why})")
    for finding in (*report.findings, *report.notes):
        yield ""
        place = f" at {finding.place}" if finding.place else ""
        yield plain(f"{finding.severity} {finding.code}{place}: {finding.sentence}")
        if finding.trace is not None:
            yield from (f"    {line}" for line in story(finding.trace))
        if finding.mend:
            yield plain(f"  what would mend it: {finding.mend}")
    yield ""
    yield (
        f"{report.states:,} situations told apart, {report.steps:,} questions to the engine, "
        f"{report.seconds:.1f} s, {report.memory_mb:.0f} MB"
    )
    yield f"time: {report.grid}"
    yield from (f"taken for granted: {each}" for each in report.assumptions)
    yield from (f"counted no further than {each}" for each in report.caps)
    yield from (plain(f"may answer either way: {each}") for each in report.opaque)


def data_of(report: Report, line_of: LineOf | None = None) -> dict[str, Any]:
    """Return *report* as plain values."""
    return {
        "policy": report.policy[0],
        "version": report.policy[1],
        "ok": report.ok,
        "verdicts": [
            {
                "number": each.number,
                "code": each.code,
                "title": each.title,
                "answer": each.answer,
                "why": each.why,
                "figures": dict(each.figures),
            }
            for each in report.verdicts
        ],
        "findings": [_finding(each, line_of) for each in (*report.findings, *report.notes)],
        "states": report.states,
        "steps": report.steps,
        "seconds": round(report.seconds, 3),
        "memory_mb": round(report.memory_mb, 1),
        "grid": report.grid,
        "caps": list(report.caps),
        "assumptions": list(report.assumptions),
        "opaque": list(report.opaque),
    }


def _finding(finding: Finding, line_of: LineOf | None) -> dict[str, Any]:
    trace = finding.trace
    return {
        "code": finding.code,
        "severity": finding.severity,
        "sentence": finding.sentence,
        "place": finding.place,
        "line": line_of(finding.place) if line_of else None,
        "mend": finding.mend,
        "story": [] if trace is None else list(story(trace)),
        "case": "" if trace is None else as_case(trace, f"{finding.code}: {finding.sentence}"),
    }


def sarif_of(report: Report, file: str, line_of: LineOf) -> str:
    """Return *report* as SARIF 2.1.0, for code scanning; *file* is where the policy was read."""
    rules = [
        {"id": each.code, "shortDescription": {"text": each.title}} for each in report.verdicts
    ]
    run: Mapping[str, Any] = {
        "tool": {"driver": {"name": "escalate", "rules": rules}},
        "results": [_result(each, file, line_of) for each in (*report.findings, *report.notes)],
    }
    whole = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(whole, indent=2)


def _result(finding: Finding, file: str, line_of: LineOf) -> dict[str, Any]:
    told = [] if finding.trace is None else list(story(finding.trace))
    region = {"startLine": line_of(finding.place) or 1}
    where = {"artifactLocation": {"uri": file}, "region": region}
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join([finding.sentence, *told])},
        "locations": [{"physicalLocation": where}],
    }


def github_of(report: Report, file: str, line_of: LineOf) -> Iterator[str]:
    """Yield *report* as workflow commands of GitHub, which show at the lines of a pull request."""
    words = {"error": "error", "warning": "warning", "note": "notice"}
    for finding in (*report.findings, *report.notes):
        told = [] if finding.trace is None else list(story(finding.trace))
        message = _data("\n".join([finding.sentence, *told]))
        line = line_of(finding.place) or 1
        word = words[finding.severity]
        yield f"::{word} file={_property(file)},line={line},title={_property(finding.code)}::{message}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def html_of(report: Report) -> str:
    """Return *report* as HTML for a notebook; what a policy or a ticket says is shown, never obeyed."""
    rows = "".join(
        f"<tr><td>{each.number}</td><td>{escape(each.title)}</td><td>{escape(each.answer)}</td>"
        f"<td>{escape(plain(each.why))}</td></tr>"
        for each in report.verdicts
    )
    found = "".join(_html(each) for each in (*report.findings, *report.notes))
    name = escape(plain(" ".join(report.policy)))
    return (
        f"<h4>{name}: {'no errors' if report.ok else 'errors'}</h4>"
        f"<table><tr><th></th><th>property</th><th>verdict</th><th>why</th></tr>{rows}</table>{found}"
    )


def _html(finding: Finding) -> str:
    head = escape(plain(f"{finding.severity} {finding.code}: {finding.sentence}"))
    body = ""
    if finding.trace is not None:
        lines = "\n".join(escape(line) for line in story(finding.trace))
        moves = [event for event in finding.trace.journal if isinstance(event, Moved)]
        through = list(dict.fromkeys((event.source, event.target) for event in moves))
        drawn = finding.trace.policy.to_svg(through=through)
        body = f"<pre>{lines}</pre>{drawn}"
    mend = f"<p>{escape(plain(finding.mend))}</p>" if finding.mend else ""
    return f"<p><b>{head}</b></p>{body}{mend}"
