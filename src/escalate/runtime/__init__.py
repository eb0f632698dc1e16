"""The desk at work: it reads the clock, stores, and calls what the host brings; it decides nothing."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.runtime.assigning import Assigner as Assigner
    from escalate.runtime.assigning import BySkill as BySkill
    from escalate.runtime.assigning import Candidate as Candidate
    from escalate.runtime.assigning import LeastLoaded as LeastLoaded
    from escalate.runtime.assigning import RoundRobin as RoundRobin
    from escalate.runtime.assigning import skill_tags as skill_tags
    from escalate.runtime.desk import Desk as Desk
    from escalate.runtime.directory import Directory as Directory
    from escalate.runtime.directory import Person as Person
    from escalate.runtime.directory import Staff as Staff
    from escalate.runtime.notices import Notice as Notice
    from escalate.runtime.outbox import Letter as Letter
    from escalate.runtime.packet import Packet as Packet
    from escalate.runtime.policybook import PolicyBook as PolicyBook
    from escalate.runtime.ticking import Ticked as Ticked

_HOMES = {
    "Assigner": "assigning",
    "BySkill": "assigning",
    "Candidate": "assigning",
    "Desk": "desk",
    "Directory": "directory",
    "LeastLoaded": "assigning",
    "Letter": "outbox",
    "Notice": "notices",
    "Packet": "packet",
    "Person": "directory",
    "PolicyBook": "policybook",
    "RoundRobin": "assigning",
    "Staff": "directory",
    "Ticked": "ticking",
    "skill_tags": "assigning",
}

__all__ = [
    "Assigner",
    "BySkill",
    "Candidate",
    "Desk",
    "Directory",
    "LeastLoaded",
    "Letter",
    "Notice",
    "Packet",
    "Person",
    "PolicyBook",
    "RoundRobin",
    "Staff",
    "Ticked",
    "skill_tags",
]

__getattr__ = exports(
    __name__, {name: f"escalate.runtime.{module}" for name, module in _HOMES.items()}
)
