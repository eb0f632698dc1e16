"""What a verification comes to: a verdict on each property, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from escalate.core.sealing import FrozenDict
from escalate.verify.realising import Trace

Severity = Literal["error", "warning", "note"]
Answer = Literal["proved", "refuted", "unknown"]


@attrs.frozen(kw_only=True)
class Finding:
    """Something that a policy does, or fails to do.

    Attributes:
        code: The stable name of what is wrong, such as ``"endless-moves"``.
        severity: ``"error"``, ``"warning"`` or ``"note"``.
        sentence: What it is, for whoever leads the desk.
        place: Where in the policy file, such as ``"rules[1]"``; empty for the policy as a whole.
        mend: What would mend it.
        trace: The shortest life of a ticket that shows it, as the real engine tells it; none where the
            finding is about all lives, such as a rule that can never fire.
    """

    code: str
    severity: Severity
    sentence: str
    place: str = ""
    mend: str = ""
    trace: Trace | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class Verdict:
    """Whether a policy has a property.

    Attributes:
        number: The number of the property in the documentation.
        code: The stable name of what is wrong where it does not hold.
        title: The property, as a sentence.
        answer: ``"proved"``, ``"refuted"`` or ``"unknown"``.
        why: What the answer rests on; for ``"unknown"``, which limit was met.
        findings: What was found.
        figures: Figures that belong to it, such as a bound.
    """

    number: int
    code: str
    title: str
    answer: Answer
    why: str
    findings: tuple[Finding, ...] = ()
    figures: Mapping[str, int | float | str] = FrozenDict()


@attrs.frozen(kw_only=True)
class Report:
    """What is known of a policy.

    Attributes:
        policy: Its name and version.
        verdicts: One for each property, in order.
        states: How many outlines of tickets were told apart.
        steps: How often the engine was asked.
        seconds: How long it took.
        memory_mb: How much the process grew meanwhile.
        grid: How time was treated.
        caps: What is counted no further, since nothing that is decided can tell.
        assumptions: What the verdicts take for granted.
        opaque: The places of Python functions, which were taken to answer either way.
        strict: Whether what is unknown counts as wrong.
    """

    policy: tuple[str, str]
    verdicts: tuple[Verdict, ...]
    states: int
    steps: int
    seconds: float
    memory_mb: float
    grid: str
    caps: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    strict: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Errors and warnings, errors first."""
        return tuple(each for each in self._sorted() if each.severity != "note")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is worth knowing and wrong with nothing."""
        return tuple(each for each in self._sorted() if each.severity == "note")

    def _sorted(self) -> list[Finding]:
        order = ("error", "warning", "note")
        found = [finding for verdict in self.verdicts for finding in verdict.findings]
        if self.strict:
            found += [_unknown(verdict) for verdict in self.verdicts if verdict.answer == "unknown"]
        return sorted(found, key=lambda each: order.index(each.severity))

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """The properties that the policy does not have; to differ from another version is nothing wrong."""
        return tuple(
            verdict
            for verdict in self.verdicts
            if verdict.answer == "refuted"
            and any(finding.severity != "note" for finding in verdict.findings)
        )

    @property
    def unknown(self) -> tuple[Verdict, ...]:
        """The properties of which nothing is known."""
        return tuple(verdict for verdict in self.verdicts if verdict.answer == "unknown")

    def verdict(self, code: str) -> Verdict:
        """Return the verdict of that *code*.

        Raises:
            KeyError: There is no such property.
        """
        for verdict in self.verdicts:
            if verdict.code == code:
                return verdict
        raise KeyError(code)

    def __str__(self) -> str:
        from escalate.verify.showing import text_of

        return "\n".join(text_of(self))

    def _repr_html_(self) -> str:
        from escalate.verify.showing import html_of

        return html_of(self)

    def story(self, finding: Finding) -> tuple[str, ...]:
        """Return the story of *finding*, a line for each thing that happens; none if it has none."""
        from escalate.verify.stories import story

        return () if finding.trace is None else story(finding.trace)

    def cases(self) -> str:
        """Return the stories of all findings as a case file for ``escalate test``."""
        from escalate.verify.stories import cases_of

        return cases_of((*self.findings, *self.notes))


def _unknown(verdict: Verdict) -> Finding:
    sentence = f"It is not known whether this holds: {verdict.title} ({verdict.why})"
    return Finding(code=verdict.code, severity="error", sentence=sentence)
