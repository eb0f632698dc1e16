"""The clocks that every desk has, and the shape of those that a policy adds.

A clock is told by words: which events start it, meet it, start it again, cancel it, pause it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from escalate.core.model import named, word_set
from escalate.core.status import Status
from escalate.errors import InvalidPolicy, nearest

WORDS: Final = (
    "opened",
    "classified",
    "milestone",
    "attempt_failed",
    "customer_replied",
    "replied",
    "human_requested",
    "reopened",
    "returned",
    "entered",
    "priority_changed",
    "field_changed",
    "idle",
)
"""What events are called by rules and clocks; a policy's own signals and the statuses come on top."""

_WAITS: Final = frozenset({Status.PENDING, Status.ON_HOLD})


def _some(*values: str) -> frozenset[str]:
    return frozenset(values)


@attrs.frozen(kw_only=True)
class ClockKind:
    """How a clock behaves unless a target says otherwise.

    Attributes:
        starts_on: The words that begin a cycle where none runs.
        stops_on: The words that meet it.
        resets_on: The words that begin its count again, without a verdict.
        cancels_on: The words that end it without a verdict.
        pauses_on: The words that pause it, until one of ``resumes_on``.
        resumes_on: The words that let it go on.
        pauses_in: The statuses in which it stands still.
        whole_ticket: Whether it runs over moves between tiers.
        met_by_resolving: Whether resolving meets it; otherwise resolving cancels it.
        met_by_answer: Whether it is met as soon as the ticket waits for the customer and the desk has
            replied in this cycle, in either order.
        starts_when_active: Whether a cycle begins whenever the ticket becomes active and none runs.
        after_response: Whether a cycle begins only once the desk has answered the customer.
        of_request: Whether it times a handoff, invitation or approval, and is gone with it.
    """

    starts_on: frozenset[str] = frozenset()
    stops_on: frozenset[str] = frozenset()
    resets_on: frozenset[str] = frozenset()
    cancels_on: frozenset[str] = frozenset()
    pauses_on: frozenset[str] = frozenset()
    resumes_on: frozenset[str] = frozenset()
    pauses_in: frozenset[Status] = frozenset()
    whole_ticket: bool = True
    met_by_resolving: bool = False
    met_by_answer: bool = False
    starts_when_active: bool = False
    after_response: bool = False
    of_request: bool = False

    @property
    def words(self) -> frozenset[str]:
        """Every word that it listens to; a bot's reply counts as a reply where a target says so."""
        heard = self.starts_on | self.stops_on | self.resets_on
        heard |= self.cancels_on | self.pauses_on | self.resumes_on
        replies = self.met_by_answer or "replied" in heard
        return heard | {"replied", "bot_replied"} if replies else heard


@attrs.frozen
class Heard:
    """What one clock hears in the words of one event; worked out once for each kind of event.

    Attributes:
        stops: The word by which it is met; empty if none.
        cancels: The word by which it ends without a verdict; empty if none.
        pauses: The word by which it pauses; empty if none.
        resumes: Whether it goes on after such a pause.
        resets: Whether its count begins again.
        starts: Whether a cycle begins where none runs.
        replied: Whether a person answered the customer.
        bot_stops: Whether a bot's answer meets it, if its target lets bots count.
        bot_starts: Whether a bot's answer begins a cycle, if its target lets bots count.
        bot_replied: Whether a bot answered the customer.
    """

    stops: str = ""
    cancels: str = ""
    pauses: str = ""
    resumes: bool = False
    resets: bool = False
    starts: bool = False
    replied: bool = False
    bot_stops: bool = False
    bot_starts: bool = False
    bot_replied: bool = False


DEAF: Final = Heard()


def hear(kind: ClockKind, words: frozenset[str]) -> Heard:
    """Return what a clock of that *kind* hears in *words*."""
    bot = "bot_replied" in words
    return Heard(
        stops=min(words & kind.stops_on, default=""),
        cancels=min(words & kind.cancels_on, default=""),
        pauses=min(words & kind.pauses_on, default=""),
        resumes=bool(words & kind.resumes_on),
        resets=bool(words & kind.resets_on),
        starts=bool(words & kind.starts_on),
        replied="replied" in words,
        bot_stops=bot and "replied" in kind.stops_on,
        bot_starts=bot and "replied" in kind.starts_on,
        bot_replied=bot,
    )


BUILT_IN: Final[Mapping[str, ClockKind]] = MappingProxyType(
    {
        "first_response": ClockKind(starts_on=_some("opened"), stops_on=_some("replied")),
        "next_response": ClockKind(
            starts_on=_some("customer_replied"), stops_on=_some("replied"), after_response=True
        ),
        "update": ClockKind(
            starts_on=_some("opened", "replied"),
            stops_on=_some("replied"),
            pauses_in=_WAITS,
            starts_when_active=True,
        ),
        "requester_wait": ClockKind(
            starts_on=_some("opened"),
            pauses_in=frozenset({Status.PENDING}),
            met_by_resolving=True,
        ),
        "agent_work": ClockKind(starts_on=_some("opened"), pauses_in=_WAITS, met_by_resolving=True),
        "resolution": ClockKind(starts_on=_some("opened"), pauses_in=_WAITS, met_by_resolving=True),
        "ownership": ClockKind(
            starts_on=_some("opened", "entered"),
            stops_on=_some("entered"),
            whole_ticket=False,
            met_by_resolving=True,
            met_by_answer=True,
            starts_when_active=True,
        ),
        "accept": ClockKind(
            starts_on=_some("entered"),
            stops_on=_some("accepted"),
            cancels_on=_some("entered"),
            whole_ticket=False,
            of_request=True,
        ),
        "approval": ClockKind(whole_ticket=False, of_request=True),
    }
)

IDLE: Final = "idle"
IDLE_KIND: Final = ClockKind(starts_on=_some("opened"), starts_when_active=True)


@attrs.frozen
class CustomClock:
    """A clock of a policy's own, told by words of events, signals and statuses.

    Attributes:
        name: How targets refer to it.
        start: The words that begin a cycle where none runs.
        stop: The words that meet it.
        pause: The words that pause it.
        resume: The words that let it go on.
        cancel: The words that end it without a verdict.
        reset: The words that begin its count again, without a verdict.

    Raises:
        InvalidPolicy: Its name is taken by a built-in clock, or nothing starts it.
    """

    name: str = attrs.field(validator=named)
    start: frozenset[str] = attrs.field(converter=word_set)
    stop: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)
    pause: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)
    resume: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)
    cancel: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)
    reset: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)

    def __attrs_post_init__(self) -> None:
        if self.name in BUILT_IN or self.name == IDLE:
            wanted = f"a name that is not built in: {', '.join(sorted(BUILT_IN))}, {IDLE}"
            raise InvalidPolicy(f"CustomClock({self.name!r}).name", self.name, wanted)
        if ":" in self.name:
            raise InvalidPolicy(f"CustomClock({self.name!r}).name", self.name, "a name without ':'")
        if not self.start:
            wanted = f"words that begin it, such as {', '.join(WORDS)}"
            raise InvalidPolicy(f"CustomClock({self.name!r}).start", (), wanted)

    @property
    def kind(self) -> ClockKind:
        """How it behaves."""
        return ClockKind(
            starts_on=self.start,
            stops_on=self.stop,
            resets_on=self.reset,
            cancels_on=self.cancel,
            pauses_on=self.pause,
            resumes_on=self.resume,
            met_by_resolving=Status.RESOLVED in self.stop,
        )

    @property
    def words(self) -> frozenset[str]:
        """Every word that it listens to."""
        return self.kind.words - {"bot_replied"}

    def check(self, known: Iterable[str]) -> None:
        """Check that every word is one that can come.

        Raises:
            InvalidPolicy: A word is not among *known*.
        """
        for word in sorted(self.words):
            if word not in known:
                raise InvalidPolicy(f"CustomClock({self.name!r})", word, nearest(word, known))
