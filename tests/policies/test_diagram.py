"""Policies as pictures, drawn by the real Mermaid."""

from __future__ import annotations

import re
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate import EscalationPolicy, Path, Rule, SLAPolicy, Step, Target, Tier, load_policy
from escalate.core.explained import plain
from escalate.core.protocol import Receiver
from escalate.policies.mermaid import LONGEST, escaped
from escalate.testing.strategies import policies

from .drawing import draw

EXAMPLES = sorted((FilePath(__file__).parents[2] / "examples" / "policies").glob("*.toml"))
POLICIES = [path for path in EXAMPLES if not path.name.endswith(".cases.toml")]
WORDS = [
    'end', 'graph', 'subgraph', 'click', 'default', 'style', 'class', '1. one', '- one', '# one',
    '10) ten', '"', "'", '`', '``code``', '**bold**', '_it_', '<b>bold</b>',
    '<script>alert(1)</script>', '<br/>', '&lt;', '#quot;', '#35;', '&amp;#35;', '%%{init: {}}%%',
    '%% no', '$$x^2$$', 'fa:fa-car', ']', '[[', '])', '}', '((x', '|', '-->', '--- o', ';', '\\', '\n',
    '\t', '\x1b[31m', '\u202eabc', '\u200b', '日本語', '\xe9\u0301', '😀', "x" * 180,
    '<img src=x onerror=alert(1)>', 'javascript:alert(1)', '@{ shape: rect }', ':::red', '~~~',
]  # fmt: skip


def shown(text: str) -> str:
    """How *text* should read in a picture."""
    line = " ".join(plain(text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def bare(text: str) -> str:
    """*text* without what nobody sees in a picture."""
    return re.sub(r"[\s\u200b]", "", text)


def hostile() -> st.SearchStrategy[str]:
    """Names made to break a diagram."""
    part = st.sampled_from(WORDS) | st.text(max_size=8)
    return st.lists(part, min_size=1, max_size=4).map("".join).filter(lambda name: name.strip())


@st.composite
def hostile_policies(draw: st.DrawFn) -> EscalationPolicy:
    """Policies in which every name was made to break a diagram."""
    names = draw(st.lists(hostile(), min_size=2, max_size=4, unique=True))
    one, two = names[0], names[1]
    receiver, word = draw(hostile()), draw(hostile())
    kinds = st.sampled_from(["human", "bot", "vendor"])
    return EscalationPolicy(
        draw(hostile()),
        [Tier(name, draw(hostile()), kind=draw(kinds)) for name in names],
        [
            Path(one, two, approval=receiver, by=[word], requires=["summary"]),
            Path(two, one, kind="return"),
        ],
        sla=SLAPolicy(
            [
                Target(
                    "ownership",
                    "2h",
                    tiers=[one],
                    steps=[Step("75%", escalate_to=two, invite=two, notify=receiver)],
                    calendar="always",
                )
            ]
        ),
        rules=[Rule(draw(hostile()), on="opened", when=f'"{_tag(word)}" in tags', escalate_to=two)],
        receivers=[Receiver(receiver, "always")],
        fallback=receiver,
        version=draw(hostile()),
    )


def _tag(word: str) -> str:
    return "".join(letter for letter in word if letter.isalnum()) or "vip"


def check_drawn(policy: EscalationPolicy, drawn: dict[str, Any]) -> None:
    """Check that *policy* was drawn, with every tier's text, and that nothing in it came alive."""
    assert "error" not in drawn, drawn["error"]
    labels = [bare(label) for label in drawn["labels"]]
    for tier in policy.tiers:
        wanted = [bare(shown(text)) for text in (tier.name, tier.title)]
        assert any(all(part in label for part in wanted) for label in labels), (wanted, labels)
    assert not drawn["dangerous"]


def test_every_example_policy_is_drawn() -> None:
    """What people copy can be looked at, on any site that draws Mermaid."""
    assert POLICIES
    loaded = [load_policy(path) for path in POLICIES]
    for policy, drawn in zip(loaded, draw([each.to_mermaid() for each in loaded]), strict=True):
        check_drawn(policy, drawn)
        for path in policy.paths:
            assert any(path.kind in label for label in drawn["labels"])


def test_no_name_breaks_a_diagram() -> None:
    """Quotes, brackets, HTML, Markdown, words of Mermaid, long and foreign names: all come out as written."""
    made = [
        EscalationPolicy(
            "words", [Tier(f"{word} {index}", word) for index, word in enumerate(some)]
        )
        for some in (WORDS[start : start + 12] for start in range(0, len(WORDS), 12))
    ]

    @given(hostile_policies())
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    def make(policy: EscalationPolicy) -> None:
        made.append(policy)

    make()  # a browser for all of them, not one each
    pictures = draw([each.to_mermaid(statuses=False) for each in made])
    for policy, drawn in zip(made, pictures, strict=True):
        check_drawn(policy, drawn)


@settings(max_examples=50)
@given(policies())
def test_every_policy_has_a_picture(policy: EscalationPolicy) -> None:
    """Whatever its paths, rules and steps are, each line of its diagram is one that Mermaid knows."""
    line = re.compile(
        r'flowchart TB|  subgraph \w+\["[^"]*"\]|  end|    start\(\("opened"\)\)'
        r'|    [ts]_?\w+[\[(]{1,2}"[^"]*"[\])]{1,2}'
        r'|    \w+ (-->|==>|-\.->|-\.-o)\|"[^"]*"\| \w+'
    )
    for each in policy.to_mermaid().splitlines():
        assert line.fullmatch(each), each


def test_everything_that_moves_a_ticket_is_in_the_picture() -> None:
    """Conditions, handoffs, approvals, rules and timers stand at the arrows."""
    policy = EscalationPolicy(
        "desk",
        [Tier("bot", kind="bot"), "N1", Tier("maker", "Acme", kind="vendor")],
        [
            Path("bot", "N1"),
            Path("N1", "maker", kind="transfer", when='priority == "urgent"', approval="boss"),
        ],
        sla=SLAPolicy(
            [Target("ownership", "1h", tiers=["bot"], steps=[Step("100%", escalate_to="N1")])]
        ),
        rules=[
            Rule("silence", on="idle", after="3d", at=["N1"], invite="maker"),
            Rule("person", on="human_requested", escalate_to="N1"),
        ],
        receivers=[Receiver("boss")],
        fallback="boss",
        reopen_within="3d",
    )
    text = policy.to_mermaid()
    for line in (
        't0(["bot<br/>(bot)"])',
        't2[["maker<br/>Acme<br/>(vendor)"]]',
        't0 ==>|"escalate"| t1',
        't1 -->|"transfer<br/>when priority == #quot;urgent#quot;<br/>approved by boss"| t2',
        't1 -.-o|"invites<br/>rule silence<br/>on idle for 3d"| t2',
        't0 -.->|"escalate<br/>rule person<br/>on human_requested"| t1',
        't0 -.->|"escalate<br/>100% of 1h ownership"| t1',
        's_resolved -->|"reopen<br/>by the customer within 3d"| s_open',
    ):
        assert line in text, text
    assert "s_open" not in policy.to_mermaid(statuses=False)
    # There is no way from N1 to N1, so the rule for a person draws no arrow there.
    assert text.count("rule person") == 1


@pytest.mark.parametrize("name", ["1. one", "- one", "#quot;", "a]b", "`", "%%"])
def test_what_mermaid_reads_as_its_own_is_written_as_a_code(name: str) -> None:
    """Also where a site draws with an older Mermaid, which is less forgiving."""
    assert not set('"[]`<>') & set(escaped(name))
    assert escaped(name) != name
