"""The check that holds each TOML example of the docs against its Python."""

from __future__ import annotations

import pytest

from conftest import difference
from escalate import EscalationPolicy, Path, Target

WHOLE = 'name = "d"\n[[tiers]]\nname = "N1"\n'


def test_a_pair_that_agrees_passes() -> None:
    """A whole file is held against ``policy``, a part against the variables of its keys."""
    assert difference(WHOLE, {"policy": EscalationPolicy("d", ["N1"])}) == ""
    target = 'clock = "ownership"\nwithin = "1h"\ndefault = true\n'
    part = f'[[paths]]\nfrom = "A"\nto = "B"\n[[targets]]\n{target}'
    same = {"paths": [Path("A", "B")], "targets": [Target("ownership", "1h", default=True)]}
    assert difference(part, same) == ""
    assert difference('[[cases]]\nname = "no policy"', {}) == ""


@pytest.mark.parametrize(
    ("toml", "namespace", "says"),
    [
        (WHOLE, {}, "policy should be"),
        (WHOLE, {"policy": EscalationPolicy("d", ["N2"])}, "policy should be"),
        ("max_bounces = 3", {"max_bounces": 2}, "max_bounces should be 3, it is 2"),
        ('[[paths]]\nfrom = "A"\nto = "B"', {"paths": [Path("A", "C")]}, "paths should be"),
        ('[[paths]]\nfrom = "A"\nto = "B"', {}, "it is None"),
        ('[[paths]]\nfrom = "A"\ntoo = "B"', {}, "paths[0].too"),
        (
            '[[targets]]\nclock = "ownership"\nwithin = "1h"\ndefault = true',
            {},
            "targets should be",
        ),
    ],
)
def test_a_pair_that_differs_fails(toml: str, namespace: dict[str, object], says: str) -> None:
    """An example that was changed on one side only is found."""
    assert says in difference(toml, namespace)
