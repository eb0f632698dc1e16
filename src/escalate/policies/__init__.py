"""Files to policies and back."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.policies.reading import load_policy as load_policy

__all__ = ["load_policy"]

__getattr__ = exports(__name__, {"load_policy": "escalate.policies.reading"})
