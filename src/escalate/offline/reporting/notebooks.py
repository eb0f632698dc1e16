"""Shows figures in a notebook: Jupyter, marimo and whatever else asks for HTML."""

from __future__ import annotations

from typing import Any


class InNotebook:
    """Shows what has chapters as HTML where a notebook asks for it."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from escalate.offline.reporting.building import report

        return report(self)._repr_html_()  # type: ignore[arg-type]  # whoever takes this in has chapters


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
