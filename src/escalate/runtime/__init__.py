"""The desk at work: it reads the clock, stores, and calls what the host brings; it decides nothing."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.runtime.adopting import Adopted as Adopted
    from escalate.runtime.assigning import Assigner as Assigner
    from escalate.runtime.assigning import BySkill as BySkill
    from escalate.runtime.assigning import Candidate as Candidate
    from escalate.runtime.assigning import LeastLoaded as LeastLoaded
    from escalate.runtime.assigning import RoundRobin as RoundRobin
    from escalate.runtime.assigning import skill_tags as skill_tags
    from escalate.runtime.context import at_instant as at_instant
    from escalate.runtime.desk import Desk as Desk
    from escalate.runtime.directory import Directory as Directory
    from escalate.runtime.directory import Person as Person
    from escalate.runtime.directory import Staff as Staff
    from escalate.runtime.guarding import Guarded as Guarded
    from escalate.runtime.hosted import HostedDesk as HostedDesk
    from escalate.runtime.hosts import Happened as Happened
    from escalate.runtime.hosts import Host as Host
    from escalate.runtime.notices import Notice as Notice
    from escalate.runtime.outbox import Letter as Letter
    from escalate.runtime.packet import Packet as Packet
    from escalate.runtime.policybook import PolicyBook as PolicyBook
    from escalate.runtime.rebasing import ClockMove as ClockMove
    from escalate.runtime.rebasing import Rebased as Rebased
    from escalate.runtime.rebasing import Rebasing as Rebasing
    from escalate.runtime.shadow import ShadowReport as ShadowReport
    from escalate.runtime.ticking import Ticked as Ticked
    from escalate.runtime.watching import Decision as Decision
    from escalate.runtime.watching import Delivery as Delivery
    from escalate.runtime.watching import Firing as Firing
    from escalate.runtime.watching import Observer as Observer
    from escalate.runtime.watching import Rejection as Rejection
    from escalate.runtime.watching import Tick as Tick
    from escalate.runtime.watching import Trouble as Trouble

_HOMES = {
    "Adopted": "adopting",
    "Assigner": "assigning",
    "BySkill": "assigning",
    "Candidate": "assigning",
    "ClockMove": "rebasing",
    "Decision": "watching",
    "Delivery": "watching",
    "Desk": "desk",
    "Directory": "directory",
    "Firing": "watching",
    "Guarded": "guarding",
    "Happened": "hosts",
    "Host": "hosts",
    "HostedDesk": "hosted",
    "LeastLoaded": "assigning",
    "Letter": "outbox",
    "Notice": "notices",
    "Observer": "watching",
    "Packet": "packet",
    "Person": "directory",
    "PolicyBook": "policybook",
    "Rebased": "rebasing",
    "Rebasing": "rebasing",
    "Rejection": "watching",
    "RoundRobin": "assigning",
    "ShadowReport": "shadow",
    "Staff": "directory",
    "Tick": "watching",
    "Ticked": "ticking",
    "Trouble": "watching",
    "at_instant": "context",
    "skill_tags": "assigning",
}

__all__ = [
    "Adopted",
    "Assigner",
    "BySkill",
    "Candidate",
    "ClockMove",
    "Decision",
    "Delivery",
    "Desk",
    "Directory",
    "Firing",
    "Guarded",
    "Happened",
    "Host",
    "HostedDesk",
    "LeastLoaded",
    "Letter",
    "Notice",
    "Observer",
    "Packet",
    "Person",
    "PolicyBook",
    "Rebased",
    "Rebasing",
    "Rejection",
    "RoundRobin",
    "ShadowReport",
    "Staff",
    "Tick",
    "Ticked",
    "Trouble",
    "at_instant",
    "skill_tags",
]

__getattr__ = exports(
    __name__, {name: f"escalate.runtime.{module}" for name, module in _HOMES.items()}
)
