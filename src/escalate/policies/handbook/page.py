"""What a handbook is made of, before it is Markdown or HTML: plain texts, which renderers escape."""

from __future__ import annotations

import attrs


@attrs.frozen
class Heading:
    """A heading; 1 is the title of the document."""

    level: int
    text: str


@attrs.frozen
class Paragraph:
    """Some sentences."""

    text: str


@attrs.frozen
class Items:
    """A list of sentences."""

    items: tuple[str, ...]


@attrs.frozen
class Table:
    """Rows under a head; a cell may have several lines."""

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]


@attrs.frozen
class Way:
    """One way in a chart.

    Attributes:
        source: The place of the tier it leaves.
        target: The place of the tier it leads to.
        kind: escalate, return or transfer.
        text: What the list below the chart says of it.
    """

    source: int
    target: int
    kind: str
    text: str


@attrs.frozen
class Chart:
    """A flowchart: as Mermaid, and as boxes and ways for where nothing may be loaded.

    Attributes:
        mermaid: The text of the diagram.
        boxes: Name and title of each tier, the lowest first.
        ways: What leads from one to another.
        alt: What somebody is told who cannot see it.
        source: What the diagram's text is called.
    """

    mermaid: str
    boxes: tuple[tuple[str, str], ...]
    ways: tuple[Way, ...]
    alt: str
    source: str


Block = Heading | Paragraph | Items | Table | Chart


@attrs.frozen
class Page:
    """A whole document.

    Attributes:
        lang: The code of its language.
        contents: What its table of contents is called.
        blocks: Its parts, in order.
    """

    lang: str
    contents: str
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        """The first heading."""
        return next(each.text for each in self.blocks if isinstance(each, Heading))
