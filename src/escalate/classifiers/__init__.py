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
    from escalate.classifiers.wrappers.breaker import CircuitBreaker as CircuitBreaker
    from escalate.classifiers.wrappers.calibrated import Calibrated as Calibrated
    from escalate.classifiers.wrappers.cascade import Cascade as Cascade
    from escalate.classifiers.wrappers.cascade import Stage as Stage
    from escalate.classifiers.wrappers.conformal import Conformal as Conformal
    from escalate.classifiers.wrappers.costsensitive import CostSensitive as CostSensitive
    from escalate.classifiers.wrappers.masking import mask as mask
    from escalate.classifiers.wrappers.redact import Redact as Redact
    from escalate.classifiers.wrappers.shadow import Comparison as Comparison
    from escalate.classifiers.wrappers.shadow import Shadow as Shadow
    from escalate.classifiers.wrappers.timeout import Timeout as Timeout

_HOMES = {
    "Calibrated": "wrappers.calibrated",
    "Cascade": "wrappers.cascade",
    "CircuitBreaker": "wrappers.breaker",
    "Classifier": "base",
    "Comparison": "wrappers.shadow",
    "Conformal": "wrappers.conformal",
    "CostSensitive": "wrappers.costsensitive",
    "KeywordClassifier": "keywords",
    "Plugin": "registry",
    "PriorityMatrix": "matrix",
    "Redact": "wrappers.redact",
    "Registry": "registry",
    "RuleClassifier": "rules",
    "Shadow": "wrappers.shadow",
    "Stage": "wrappers.cascade",
    "TextClassifier": "text.classifier",
    "TicketText": "base",
    "Timeout": "wrappers.timeout",
    "as_classifier": "base",
    "check_verdict": "base",
    "classify_many": "base",
    "installed_plugins": "registry",
    "mask": "wrappers.masking",
    "ticket_of": "base",
    "verdict_of": "base",
}

__all__ = [
    "Calibrated",
    "Cascade",
    "CircuitBreaker",
    "Classifier",
    "Comparison",
    "Conformal",
    "CostSensitive",
    "KeywordClassifier",
    "Plugin",
    "PriorityMatrix",
    "Redact",
    "Registry",
    "RuleClassifier",
    "Shadow",
    "Stage",
    "TextClassifier",
    "TicketText",
    "Timeout",
    "as_classifier",
    "check_verdict",
    "classify_many",
    "installed_plugins",
    "mask",
    "ticket_of",
    "verdict_of",
]

__getattr__ = exports(
    __name__, {name: f"escalate.classifiers.{module}" for name, module in _HOMES.items()}
)
