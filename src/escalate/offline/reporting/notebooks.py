"""Shows figures in a notebook: Jupyter, marimo and whatever else asks for HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalate.errors import nearest
from escalate.offline.figures.values import Chapter, UnknownFigure


class Chaptered:
    """What has chapters: it is asked for one by its key, and shows itself where a notebook asks for HTML."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def chapters(self) -> tuple[Chapter, ...]:
            """In the order in which people read them."""
            ...

    def __getitem__(self, key: str) -> Chapter:
        """Return the chapter of that key, such as ``"flow"``.

        Raises:
            UnknownFigure: there is none; it is a KeyError too.
        """
        for chapter in self.chapters:
            if chapter.key == key:
                return chapter
        known = nearest(key, [chapter.key for chapter in self.chapters])
        name = type(self).__name__.lower()
        raise UnknownFigure(f"{name}[...]", key, f"a chapter; {known}")

    def _repr_html_(self) -> str:
        from escalate.offline.reporting.building import report

        return report(self)._repr_html_()


class Mermaid(str):
    """The text of a Mermaid diagram, which JupyterLab and marimo draw.

    >>> print(Mermaid("flowchart TB"))
    flowchart TB
    """

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # JupyterLab draws this type by itself since 4.1; what does not know it shows the text.
        return {"text/vnd.mermaid": str(self), "text/plain": str(self)}

    def _display_(self) -> Any:
        # Only marimo calls this, so it is there.
        import marimo

        return marimo.mermaid(str(self))
