"""The files of a new package with a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import Final

_PYPROJECT: Final = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "$name"
version = "0.1.0"
description = "Says in which tier a new ticket should start."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["escalate-tiers"]

[project.optional-dependencies]
test = ["escalate-tiers[testing]"]

# By this name policies ask for it, and hosts allow it.
[project.entry-points."escalate.classifiers"]
$name = "$module:$cls"

[tool.hatch.build.targets.wheel]
packages = ["src/$module"]

[tool.pytest.ini_options]
pythonpath = ["src"]
testpaths = ["tests"]
xfail_strict = true
"""

_MODULE: Final = '''\
"""Says in which tier a new ticket should start."""

import unicodedata
from collections.abc import Sequence

from escalate import ABSTAIN, Tier, Verdict
from escalate.classifiers import TicketText

# What it knows: the first of these words that a ticket has names the tier.
WORDS = {
    "outage": "N3",
    "vpn": "N2",
    "password": "N1",
}
MOST_LETTERS = 20_000  # customers paste whole logs; what they want stands at the beginning


class $cls:
    """Looks for words that it knows, and abstains where it finds none."""

    name = "$name"
    version = "0.1.0"  # change it whenever its verdicts may change

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return where the ticket belongs; the tiers are those of the policy, lowest first."""
        text = unicodedata.normalize("NFKC", ticket.text[:MOST_LETTERS]).casefold()
        there = {tier.name for tier in tiers}
        for word, tier in WORDS.items():
            if word in text and tier in there:
                return Verdict(tier, why=[(word, 1.0)])
        return ABSTAIN("no word known")
'''

_CONTRACT: Final = '''\
"""The promises that every classifier makes; see the reference page on checks of escalate-tiers."""

from escalate.testing import parametrize_with_checks
from $module import $cls


# A promise that it does not keep yet: expected_failed_checks={"goes_to_another_process": "why"}
@parametrize_with_checks([$cls])
def test_keeps_the_contract(classifier, check):
    """Whatever it is asked, desks can rely on it."""
    check(classifier)
'''

_OWN: Final = '''\
"""What this classifier is for."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from escalate import Desk, EscalationPolicy, Tier
from escalate.classifiers import ticket_of
from $module import $cls

TIERS = [Tier("N1"), Tier("N2"), Tier("N3")]


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("I forgot my password", "N1"),
        ("The VPN drops every few minutes", "N2"),
        ("Outage! Nobody can work", "N3"),
        ("Thank you!", None),
    ],
)
def test_knows_where_tickets_belong(text, tier):
    """Each with an example; write yours here."""
    assert $cls().classify(ticket_of(text), TIERS).tier == tier


def test_places_a_ticket_in_a_desk():
    """A new ticket starts where it says."""
    desk = Desk(EscalationPolicy("support", TIERS, []), classifier=$cls())
    assert desk.open(subject="The VPN drops every few minutes").tier == "N2"


def test_policies_find_it_by_its_name():
    """The entry point leads to it."""
    pyproject = Path(__file__).parent.parent / "pyproject.toml"
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    (entry,) = project["entry-points"]["escalate.classifiers"].items()
    assert EntryPoint(*entry, group="escalate.classifiers").load() is $cls
    assert entry[0] == $cls.name
'''

_README: Final = """\
# $name

Says in which tier a new ticket should start, for desks that run on
[escalate-tiers](https://pypi.org/project/escalate-tiers/).

```console
$$ python -m pip install -e ".[test]"
$$ python -m pytest
$$ escalate plugins
```

A policy asks for it with `classifier = "$name"`, and a host allows it by name:

```python
from escalate import Desk, load_policy
from escalate.classifiers import Registry

desk = Desk(load_policy("policy.toml"), classifiers=Registry(allow=["$name"]))
```

What to change: `src/$module/__init__.py`, then `tests/test_own.py`. What is in `tests/test_contract.py`
stays as it is: each test there is a promise that desks rely on, and a failure says what to mend.
"""

_FILES: Final[Mapping[str, str]] = {
    "README.md": _README,
    "pyproject.toml": _PYPROJECT,
    "src/$module/__init__.py": _MODULE,
    "src/$module/py.typed": "",
    "tests/test_contract.py": _CONTRACT,
    "tests/test_own.py": _OWN,
}

_IMPORTED: Final = frozenset({"Desk", "EntryPoint", "EscalationPolicy", "Path", "Sequence", "Tier"})


def files_of(name: str) -> dict[str, str]:
    """Return the files of the package called *name*, by their paths in it.

    >>> "src/acme_outage/__init__.py" in files_of("acme-outage")
    True
    """
    words = {"name": name, "module": name.replace("-", "_"), "cls": _class_of(name)}
    return {
        Template(path).substitute(words): Template(text).substitute(words)
        for path, text in _FILES.items()
    }


def _class_of(name: str) -> str:
    """Return the name of the class: what the files import has its names already."""
    camel = "".join(word.capitalize() for word in name.split("-"))
    return f"{camel}Classifier" if camel in _IMPORTED | {"TicketText", "Verdict"} else camel
