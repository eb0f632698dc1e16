"""The policy: tiers, the paths between them, rules and the promise. What people write and the engine obeys.

A policy is a value. What is wrong with one is said by :mod:`escalate.core.checking`; what the engine needs
at every step is worked out once, in :mod:`escalate.core.compiled`. Files are read in
:mod:`escalate.policies`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import attrs

from escalate.core.checking import check
from escalate.core.clockkinds import CustomClock
from escalate.core.compiled import Compiled, compile_policy
from escalate.core.conditions import Vocabulary
from escalate.core.doing import some_words
from escalate.core.model import HANDOFF_FIELDS, MoveKind, Tier, as_tier, named, one_of, words
from escalate.core.opentime.timeline import OpenTime
from escalate.core.protocol import Goal, Permission, Receiver, RequestType
from escalate.core.reads import Reads, reads_of
from escalate.core.rules import Rule, wall_us
from escalate.core.sla import ConditionLike, SLAPolicy, Target, as_text
from escalate.core.workcalendar import WorkCalendar
from escalate.errors import InvalidPolicy, nearest

if TYPE_CHECKING:
    from escalate.verify.findings import Report
    from escalate.verify.search import Budget

ALWAYS = "always"
OnReopen = Literal["resume", "new_cycle", "frozen"]


@attrs.frozen
class Path:
    """A way between two tiers; tickets move along these and no others.

    Attributes:
        source: The tier it leaves.
        target: The tier it leads to.
        kind: ``"escalate"`` to more skill, ``"return"`` back, ``"transfer"`` sideways or to a vendor.
        when: The condition under which it is open.
        requires: Handoff fields that a person must fill: summary, reason, tried, hypothesis, ask.
        approval: The receiver whose approval it needs.
        by: The roles that may take it; empty means anybody.
        override_by: The roles that may hand over with checks left; empty means whoever may take it.

    Raises:
        InvalidPolicy: The kind or a field is unknown, or it leads where it starts.
    """

    source: str
    target: str
    kind: MoveKind = "escalate"
    when: ConditionLike = attrs.field(default=None, converter=as_text, kw_only=True)
    requires: tuple[str, ...] = attrs.field(default=(), converter=words, kw_only=True)
    approval: str | None = attrs.field(default=None, kw_only=True)
    by: tuple[str, ...] = attrs.field(default=(), converter=some_words, kw_only=True)
    override_by: tuple[str, ...] = attrs.field(default=(), converter=some_words, kw_only=True)

    def __attrs_post_init__(self) -> None:
        kinds = ("escalate", "return", "transfer")
        if self.kind not in kinds:
            raise InvalidPolicy(f"{self.place}.kind", self.kind, nearest(str(self.kind), kinds))
        if self.source == self.target:
            raise InvalidPolicy(self.place, self.target, "a path that leads to another tier")
        for field in self.requires:
            if field not in HANDOFF_FIELDS:
                raise InvalidPolicy(f"{self.place}.requires", field, nearest(field, HANDOFF_FIELDS))

    @property
    def place(self) -> str:
        """How errors point at it."""
        return f"Path({self.source!r}, {self.target!r})"


def _tiers(values: Iterable[Tier | str]) -> tuple[Tier, ...]:
    return tuple(as_tier(value) for value in values)


def _paths(values: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(values)


def _rules(values: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(values)


def _request_types(values: Iterable[RequestType]) -> tuple[RequestType, ...]:
    return tuple(values)


def _receivers(values: Iterable[Receiver]) -> tuple[Receiver, ...]:
    return tuple(values)


def _clocks(values: Iterable[CustomClock]) -> tuple[CustomClock, ...]:
    return tuple(values)


def _permissions(values: Iterable[Permission]) -> tuple[Permission, ...]:
    return tuple(values)


def _goals(values: Iterable[Goal]) -> tuple[Goal, ...]:
    return tuple(values)


def _whole(_: object, field: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidPolicy(f"EscalationPolicy.{field.name}", value, "a whole number, 0 or more")


def _share(_: object, field: attrs.Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidPolicy(f"EscalationPolicy.{field.name}", value, "a number from 0 to 1")


@attrs.frozen
class EscalationPolicy:
    """Who owns a ticket, where it may go, and what is promised meanwhile.

    Attributes:
        name: How tickets and journals refer to it, with *version*.
        tiers: Lowest first; a ``str`` stands for a tier of that name.
        paths: The only ways between tiers.
        sla: The promise.
        rules: What happens by itself, in the order in which it is tried.
        request_types: The protocol: which requests there are, and what to check.
        receivers: Who can be told.
        calendars: Opening hours by name. ``"always"`` is there without saying.
        fallback: The receiver who is told when another cannot be reached; wanted once anybody is.
        on_exhausted: The receiver who is told when a ticket bounced or moved too often; none means
            *fallback*.
        entry: Where a ticket starts that says nothing else; none means the first tier.
        priorities: Lowest first.
        max_bounces: After so many, a ticket goes no further back.
        max_automatic: After so many moves by rules and timers, a person must act first.
        reopen_within: How long after resolving a customer's message reopens a ticket, in wall-clock
            time; none means always.
        on_reopen: What becomes of the clocks that resolving ended: ``"resume"`` lets them go on,
            ``"new_cycle"`` begins them again, ``"frozen"`` leaves them.
        place_at: The confidence from which a verdict places a new ticket.
        classifier: The name of the classifier to ask.
        reasons: The reason codes of handoffs; empty means that any word is one.
        clocks: Clocks of its own.
        permissions: Who may give which commands; a command that none names may be given by anybody.
        goals: What the team wants to reach.
        version: Tickets keep the version they were opened under.
        acts: Whether rules and steps act, or only advise; see :meth:`advisory`.

    Raises:
        InvalidPolicy: A name is unknown or given twice, or a clock has no calendar to count in.
        InvalidCondition: A condition does not read, or compares what cannot be compared.

    >>> policy = EscalationPolicy("support", ["N1", "N2"], [Path("N1", "N2")])
    >>> policy.entry_tier
    'N1'
    """

    name: str = attrs.field(validator=named)
    tiers: tuple[Tier, ...] = attrs.field(converter=_tiers)
    paths: tuple[Path, ...] = attrs.field(default=(), converter=_paths)
    sla: SLAPolicy = attrs.field(default=SLAPolicy(), kw_only=True)
    rules: tuple[Rule, ...] = attrs.field(default=(), converter=_rules, kw_only=True)
    request_types: tuple[RequestType, ...] = attrs.field(
        default=(), converter=_request_types, kw_only=True
    )
    receivers: tuple[Receiver, ...] = attrs.field(default=(), converter=_receivers, kw_only=True)
    calendars: Mapping[str, OpenTime] = attrs.field(factory=dict, kw_only=True)
    fallback: str | None = attrs.field(default=None, kw_only=True)
    on_exhausted: str | None = attrs.field(default=None, kw_only=True)
    entry: str | None = attrs.field(default=None, kw_only=True)
    priorities: tuple[str, ...] = attrs.field(
        default=("low", "normal", "high", "urgent"), converter=words, kw_only=True
    )
    max_bounces: int = attrs.field(default=2, kw_only=True, validator=_whole)
    max_automatic: int = attrs.field(default=16, kw_only=True, validator=_whole)
    reopen_within_us: int | None = attrs.field(
        default=None, converter=wall_us, kw_only=True, alias="reopen_within"
    )
    on_reopen: OnReopen = attrs.field(
        default="resume",
        kw_only=True,
        validator=one_of("resume", "new_cycle", "frozen"),
    )
    place_at: float = attrs.field(default=0.8, kw_only=True, validator=_share)
    classifier: str | None = attrs.field(default=None, kw_only=True)
    reasons: tuple[str, ...] = attrs.field(default=(), converter=words, kw_only=True)
    clocks: tuple[CustomClock, ...] = attrs.field(default=(), converter=_clocks, kw_only=True)
    permissions: tuple[Permission, ...] = attrs.field(
        default=(), converter=_permissions, kw_only=True
    )
    goals: tuple[Goal, ...] = attrs.field(default=(), converter=_goals, kw_only=True)
    version: str = attrs.field(default="draft", kw_only=True, validator=named)
    acts: bool = attrs.field(default=True, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check(self)

    @property
    def tier_names(self) -> tuple[str, ...]:
        """The names of its tiers, lowest first."""
        return tuple(tier.name for tier in self.tiers)

    @property
    def entry_tier(self) -> str:
        """The name of the tier in which a ticket starts that says nothing else."""
        return self.entry or self.tiers[0].name

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that its conditions may use."""
        return Vocabulary(
            priorities=self.priorities,
            tiers=self.tier_names,
            request_types=tuple(dict.fromkeys(each.name for each in self.request_types)),
            milestones=self.milestones,
        )

    @property
    def milestones(self) -> tuple[str, ...]:
        """Every milestone of its checklists, each once."""
        checks = (check for each in self.request_types for check in each.checklist)
        return tuple(dict.fromkeys(check.milestone for check in checks))

    def calendar_name(self, tier: str | None) -> str:
        """Return the name of the calendar that *tier* works by.

        A tier that the policy does not know works by the policy's only calendar, else always.
        """
        own = next((each.calendar for each in self.tiers if each.name == tier), None)
        return own or (next(iter(self.calendars)) if len(self.calendars) == 1 else ALWAYS)

    def calendar(self, name: str) -> OpenTime:
        """Return the calendar of that *name*."""
        return self.calendars[name] if name in self.calendars else _always()

    @cached_property
    def compiled(self) -> Compiled:
        """What the engine looks up at every step, worked out at the first use."""
        return compile_policy(self)

    @cached_property
    def reads(self) -> Reads:
        """What of a ticket its decisions look at, and with what they compare it."""
        return reads_of(self)

    def advisory(self) -> EscalationPolicy:
        """Return the same policy, whose rules and steps journal what they would do and do nothing."""
        return attrs.evolve(self, acts=False)

    def with_target(self, target: Target) -> EscalationPolicy:
        """Return a copy with one more target, tried after the others."""
        return attrs.evolve(self, sla=SLAPolicy((*self.sla.targets, target)))

    def with_path(self, path: Path) -> EscalationPolicy:
        """Return a copy with one more path, tried after the others."""
        return attrs.evolve(self, paths=(*self.paths, path))

    def with_rule(self, rule: Rule) -> EscalationPolicy:
        """Return a copy with one more rule, tried after the others."""
        return attrs.evolve(self, rules=(*self.rules, rule))

    def with_calendars(self, change: Callable[[OpenTime], OpenTime]) -> EscalationPolicy:
        """Return a copy in which each calendar is what *change* makes of it."""
        changed = {name: change(hours) for name, hours in self.calendars.items()}
        return attrs.evolve(self, calendars=changed)

    def to_mermaid(self, *, statuses: bool = True) -> str:
        """Return the policy as the text of a Mermaid flowchart, which many sites and editors draw.

        Tiers with their kinds; paths with what they ask for; dotted, what rules and steps move or invite,
        with their timers; and the *statuses*, if wanted. Names and conditions come out as they are,
        whatever is in them; very long ones are cut.

        >>> policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2", requires=["summary"])])
        >>> print(policy.to_mermaid(statuses=False), end="")
        flowchart TB
          subgraph tiers["desk, version draft"]
            start(("opened"))
            t0["N1"]
            t1["N2"]
            start -->|"any request"| t0
            t0 ==>|"escalate<br/>with summary"| t1
          end
        """
        from escalate.policies.diagram import (
            to_mermaid,  # where people look for it, and no need of core
        )

        return to_mermaid(self, statuses=statuses)

    def to_svg(self, *, through: Collection[tuple[str, str]] = ()) -> str:
        """Return the tiers and paths as an SVG picture, which any browser draws with nothing loaded.

        Args:
            through: The (source, target) of paths that are drawn in red and broad, such as the moves of
                a ticket.

        >>> policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
        >>> policy.to_svg(through=[("N1", "N2")]).count("#b3001b")
        2
        """
        from escalate.policies.picture import (
            to_svg,  # where people look for it, and no need of core
        )

        return to_svg(self, through=through)

    def verify(
        self,
        against: EscalationPolicy | None = None,
        *,
        budget: Budget | None = None,
        strict: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """Return what can be proved of the policy: each property holds, or a story shows how it fails.

        Every situation that a ticket can come to is looked at, with the engine's own functions; what is
        refuted was seen to happen in the real engine, in the policy's hours. ``report.ok`` says that
        nothing found is an error.

        Args:
            against: Another version, to say on which ticket the two differ.
            budget: How many situations, seconds and megabytes it may cost; what is not known then is
                ``"unknown"``, never proved.
            strict: Whether what is unknown counts as an error.
            progress: Is told the number of situations and of engine steps so far, now and then.

        >>> report = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")]).verify()
        >>> report.verdict("endless-moves").answer
        'proved'
        """
        from escalate.verify.proving import verify

        return verify(self, against=against, budget=budget, strict=strict, progress=progress)

    def to_handbook(
        self,
        tier: str | None = None,
        lang: str = "en",
        *,
        format: str = "md",  # noqa: A002 - what the command calls it
        against: EscalationPolicy | None = None,
    ) -> str:
        """Return the document that people are trained with; made from the policy, it is never out of date.

        For each tier: what it handles, its checks, when it passes a ticket on and when it must not, what a
        handoff must contain, each promise in open time and at worst on the wall, who is told when, what
        happens by itself, and examples that the engine has played through.

        Args:
            tier: Only the part of this tier; none for all of them, with the flowchart, the agreement with
                customers and what holds for everybody.
            lang: ``"en"``, ``"pt-BR"`` or ``"zh-CN"``. Names stay as the policy has them.
            format: ``"md"`` for Markdown, ``"html"`` for one file that loads nothing.
            against: An older version; what changed since, for people, then comes first.

        Raises:
            BadInput: There is no such tier, language or format.

        >>> policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2", requires=["summary"])])
        >>> print(policy.to_handbook("N1").splitlines()[0])
        # Handbook of N1: desk
        """
        from escalate.policies.handbook.building import to_handbook

        return to_handbook(self, tier, lang, format=format, against=against)

    def without(self, *things: Path | Rule | Target) -> EscalationPolicy:
        """Return a copy without these paths, rules and targets.

        Raises:
            InvalidPolicy: It has no such thing.
        """
        for thing in things:
            if thing not in (*self.paths, *self.rules, *self.sla.targets):
                raise InvalidPolicy("EscalationPolicy.without", thing, "something that it has")
        return attrs.evolve(
            self,
            paths=[path for path in self.paths if path not in things],
            rules=[rule for rule in self.rules if rule not in things],
            sla=SLAPolicy(target for target in self.sla.targets if target not in things),
        )

    def to_toml(self, *, schema: str | None = None) -> str:
        """Return it as the text of a TOML file, which :func:`escalate.load_policy` reads as an equal policy.

        Args:
            schema: Where an editor finds the file's JSON Schema, for its first line.

        Raises:
            CannotWrite: It holds what a file cannot say, such as a Python function as a condition.

        >>> print(EscalationPolicy("support", ["N1"]).to_toml(), end="")
        name = "support"
        <BLANKLINE>
        [[tiers]]
        name = "N1"
        """
        from escalate.policies.writing import to_toml

        return to_toml(self, schema=schema)

    def to_json(self) -> str:
        """Return it as the text of a JSON file; under the terms of :meth:`to_toml`."""
        from escalate.policies.writing import to_json

        return to_json(self)


_ALWAYS: list[WorkCalendar] = []


def _always() -> WorkCalendar:
    if not _ALWAYS:
        _ALWAYS.append(WorkCalendar.always("UTC"))
    return _ALWAYS[0]
