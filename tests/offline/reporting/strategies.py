"""Figures of any kind, with names that were made to break a page, a table or a spreadsheet."""

from __future__ import annotations

from hypothesis import strategies as st

from escalate.offline import DataQuality, Example, Notice
from escalate.offline.figures import Figure, Figures, LeftOut, Share, Spread
from escalate.offline.figures.values import Chapter
from escalate.offline.intervals import Estimate
from escalate.offline.reporting import Found

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)",
    "</title></svg><script>alert(1)</script>",
    "]]><!--",
    "-->",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "'quoted",
    "a,b;c\nd",
    "N1 > N2",
    "\u202eevil",
    "\u200b",
    "\x00\x1b[31m",
    "\ud800",
    "",
    "支持 三线",
    "الدعم",
    "x" * 300,
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))
counts = st.integers(0, 10**6)
hours = st.floats(0, 1e6)
shares = st.builds(lambda part, more: Share(part, part + more), counts, counts)
spreads = st.one_of(
    st.just(Spread(0, None, None, None)),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=4).map(Spread.of),
)
ends = st.tuples(*[st.floats(-1, 1)] * 3).map(sorted)
estimates = st.one_of(
    st.just(Estimate(None)), ends.map(lambda each: Estimate(each[1], each[0], each[2]))
)
kinds = (counts, hours, shares, spreads, estimates)


@st.composite
def values(draw: st.DrawFn):
    """A value: one, or some by name, or by name and name; of one kind, or of any."""
    leaf = draw(st.sampled_from([*kinds, st.one_of(*kinds)]))
    named = st.dictionaries(texts, leaf, max_size=4)
    return draw(st.one_of(leaf, named, st.dictionaries(texts, named, max_size=4)))


figures = st.builds(
    Figure,
    key=texts,
    title=texts,
    value=values(),
    definition=texts,
    chart=st.sampled_from(["none", "bars", "heat", "line", "flow"]),
    doubt=texts,
)
chapters = st.builds(
    Chapter,
    key=texts,
    title=texts,
    figures=st.builds(
        Figures,
        st.lists(figures, max_size=4).map(tuple),
        st.lists(st.builds(LeftOut, texts, texts), max_size=2).map(tuple),
    ),
    remarks=st.lists(texts, max_size=2).map(tuple),
)
notices = st.builds(
    Notice,
    texts,
    counts,
    st.lists(st.builds(Example, counts, texts), max_size=2).map(tuple),
)
some_notices = st.lists(notices, max_size=2).map(tuple)
qualities = st.builds(
    DataQuality,
    rows=counts,
    unmapped_words=some_notices,
    ties=some_notices,
    recognised=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)
founds = st.builds(Found, st.lists(chapters, max_size=3), st.one_of(st.none(), qualities))
