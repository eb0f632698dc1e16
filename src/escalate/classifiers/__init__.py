"""Who says in which tier a new ticket should start: the contract of a classifier."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.classifiers.base import Classifier as Classifier
    from escalate.classifiers.base import TicketText as TicketText
    from escalate.classifiers.base import as_classifier as as_classifier

__all__ = ["Classifier", "TicketText", "as_classifier"]

__getattr__ = exports(__name__, dict.fromkeys(__all__, "escalate.classifiers.base"))
