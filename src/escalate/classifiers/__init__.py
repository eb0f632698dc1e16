"""Who says in which tier a new ticket should start: the contract of a classifier."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.classifiers.base import Classifier as Classifier
    from escalate.classifiers.base import TicketText as TicketText
    from escalate.classifiers.base import as_classifier as as_classifier
    from escalate.classifiers.base import check_verdict as check_verdict
    from escalate.classifiers.base import classify_many as classify_many
    from escalate.classifiers.base import ticket_of as ticket_of
    from escalate.classifiers.base import verdict_of as verdict_of
    from escalate.classifiers.keywords import KeywordClassifier as KeywordClassifier
    from escalate.classifiers.matrix import PriorityMatrix as PriorityMatrix
    from escalate.classifiers.registry import Plugin as Plugin
    from escalate.classifiers.registry import Registry as Registry
    from escalate.classifiers.registry import installed_plugins as installed_plugins
    from escalate.classifiers.rules import RuleClassifier as RuleClassifier
    from escalate.classifiers.text.classifier import TextClassifier as TextClassifier

_HOMES = {
    "Classifier": "base",
    "KeywordClassifier": "keywords",
    "Plugin": "registry",
    "PriorityMatrix": "matrix",
    "Registry": "registry",
    "RuleClassifier": "rules",
    "TextClassifier": "text.classifier",
    "TicketText": "base",
    "as_classifier": "base",
    "check_verdict": "base",
    "classify_many": "base",
    "installed_plugins": "registry",
    "ticket_of": "base",
    "verdict_of": "base",
}

__all__ = [
    "Classifier",
    "KeywordClassifier",
    "Plugin",
    "PriorityMatrix",
    "Registry",
    "RuleClassifier",
    "TextClassifier",
    "TicketText",
    "as_classifier",
    "check_verdict",
    "classify_many",
    "installed_plugins",
    "ticket_of",
    "verdict_of",
]

__getattr__ = exports(
    __name__, {name: f"escalate.classifiers.{module}" for name, module in _HOMES.items()}
)
