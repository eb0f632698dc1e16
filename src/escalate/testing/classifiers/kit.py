"""Runs the checks: all of them, those that concern a classifier, or one test each in pytest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import attrs

from escalate.core.sealing import NOTHING
from escalate.errors import BadInput, nearest
from escalate.testing.classifiers import answering, enduring, learning, sameness
from escalate.testing.classifiers.bench import ClassifierBench, as_bench
from escalate.testing.classifiers.checks import Check

if TYPE_CHECKING:
    import pytest

CHECKS: Final = tuple(
    each
    for module in (answering, sameness, enduring, learning)
    for each in vars(module).values()
    if isinstance(each, Check)
)
"""Every check, in the order in which an author should mend."""

Test = TypeVar("Test", bound=Callable[..., Any])
Expected = Mapping[str, str] | Callable[[ClassifierBench], Mapping[str, str]]


def classifier_checks(classifier: object | None = None) -> tuple[Check, ...]:
    """Return the checks that concern *classifier*; all that there are if it is none.

    Args:
        classifier: A class or function that makes one, or a :class:`ClassifierBench`.
    """
    if classifier is None:
        return CHECKS
    bench = as_bench(classifier)
    return tuple(check for check in CHECKS if not check.not_applicable(bench))


@attrs.frozen
class CheckResult:
    """What came of a check.

    Attributes:
        check: The check.
        status: ``"passed"``, ``"failed"``, ``"xfail"`` (expected to fail, and it did), ``"xpass"``
            (expected to fail, and it passed) or ``"not applicable"``.
        why: The failure, why it was expected, or why the check does not concern the classifier.
    """

    check: Check
    status: Literal["passed", "failed", "xfail", "xpass", "not applicable"]
    why: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing is to be mended: an expectation that no longer holds is."""
        return self.status not in ("failed", "xpass")


@attrs.frozen
class CheckReport:
    """What came of all checks of a classifier; ``str()`` makes a page of it."""

    classifier: str
    results: tuple[CheckResult, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing is to be mended."""
        return all(result.is_good for result in self.results)

    def __str__(self) -> str:
        good = sum(result.is_good for result in self.results)
        lines = [f"{self.classifier}: {good} of {len(self.results)} checks are as they should be"]
        for result in self.results:
            why = f": {result.why}" if result.why else ""
            lines.append(f"  {result.status:14}  {result.check.name}{why}")
        return "\n".join(lines)


def check_classifier(
    classifier: object,
    *,
    expected_failed_checks: Mapping[str, str] = NOTHING,
    on_fail: Literal["raise", "report"] = "raise",
) -> CheckReport:
    """Run every check that concerns a classifier, for notebooks; in pytest :func:`parametrize_with_checks`.

    Args:
        classifier: A class or function that makes one, or a :class:`ClassifierBench`.
        expected_failed_checks: Which checks fail, and why that is so for now.
        on_fail: Whether to raise what fails, together, or to leave it to the report.

    Raises:
        AssertionError: Something is to be mended; the message is the report.
        BadInput: A check is expected to fail that there is not, or that does not concern it.
    """
    bench = as_bench(classifier)
    expected = _expected(bench, expected_failed_checks)
    results = tuple(_result(check, bench, expected.get(check.name)) for check in CHECKS)
    report = CheckReport(bench.name, results)
    if on_fail == "raise" and not report.is_good:
        raise AssertionError(str(report))
    return report


def _result(check: Check, bench: ClassifierBench, expected: str | None) -> CheckResult:
    if why := check.not_applicable(bench):
        return CheckResult(check, "not applicable", why)
    try:
        check(bench)
    except AssertionError as error:
        if expected is not None:
            return CheckResult(check, "xfail", expected)
        return CheckResult(check, "failed", str(error))
    if expected is not None:
        return CheckResult(check, "xpass", f"it passes now; take it out: {expected}")
    return CheckResult(check, "passed")


def classifier_checks_generator(
    classifier: object, *, expected_failed_checks: Expected = NOTHING
) -> Iterator[tuple[ClassifierBench, Check, str | None]]:
    """Yield each check that concerns *classifier*: its bench, the check, why it is expected to fail if it is.

    For test runners other than pytest.

    Raises:
        BadInput: A check is expected to fail that there is not, or that does not concern it.
    """
    bench = as_bench(classifier)
    expected = _expected(bench, expected_failed_checks)
    for check in classifier_checks(bench):
        yield bench, check, expected.get(check.name)


def parametrize_with_checks(
    classifiers: Iterable[object], *, expected_failed_checks: Expected = NOTHING
) -> Callable[[Test], Test]:
    """Make a pytest test of each check that concerns each of *classifiers*.

    What does not concern a classifier, since it does not declare it, is not collected;
    ``check.not_applicable(classifier)`` says why. A check that is expected to fail and passes fails the
    test run, so that no excuse outlives its reason.

    Args:
        classifiers: Classes or functions that make one, or :class:`ClassifierBench` objects.
        expected_failed_checks: The reason for each check that fails, by its name; or a function from a
            bench to such a mapping, where there are several classifiers.

    Raises:
        BadInput: A check is expected to fail that there is not, or that does not concern it.

    ::

        @parametrize_with_checks([Outage], expected_failed_checks={"goes_to_another_process": "a socket"})
        def test_keeps_the_contract(classifier, check):
            check(classifier)
    """
    import pytest

    if isinstance(classifiers, type) or callable(classifiers):
        raise BadInput("parametrize_with_checks", classifiers, "a list of them: [Outage]")
    params = [
        _param(*found)
        for each in classifiers
        for found in classifier_checks_generator(
            each, expected_failed_checks=expected_failed_checks
        )
    ]
    return pytest.mark.parametrize(("classifier", "check"), params)


def _param(bench: ClassifierBench, check: Check, reason: str | None) -> Any:
    import pytest

    marks: list[pytest.MarkDecorator] = []
    if reason is not None:
        marks.append(pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError))
    return pytest.param(bench, check, marks=marks, id=f"{bench.name}-{check.name}")


def _expected(bench: ClassifierBench, given: Expected) -> Mapping[str, str]:
    expected = given(bench) if callable(given) else given
    known = {check.name: check for check in CHECKS}
    for name, reason in expected.items():
        if name not in known:
            raise BadInput("expected_failed_checks", name, nearest(name, known))
        if not isinstance(reason, str) or not reason.strip():
            raise BadInput(
                f"expected_failed_checks[{name!r}]", reason, "the reason, in a few words"
            )
        if why := known[name].not_applicable(bench):
            wanted = f"checks that concern {bench.name!r}; this one does not: {why}"
            raise BadInput("expected_failed_checks", name, wanted)
    return expected
