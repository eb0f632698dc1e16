"""Distributions with classifiers, written to a folder as an installer would."""

from __future__ import annotations

from pathlib import Path

MODULE = """
class Outage:
    name, version = "outage", "1"

    def classify(self, ticket, tiers):
        from escalate import ABSTAIN, Verdict
        return Verdict(tiers[-1].name) if "down" in ticket.text else ABSTAIN("no outage")
"""


def distribution(
    folder: Path,
    name: str,
    version: str,
    plugins: dict[str, str],
    modules: dict[str, str] | None = None,
) -> None:
    """Write what pip leaves behind of a distribution: its metadata, its entry points, its modules."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = "".join(f"{key} = {value}\n" for key, value in plugins.items())
    (info / "entry_points.txt").write_text(f"[escalate.classifiers]\n{lines}")
    for module, source in (modules or {}).items():
        (folder / f"{module}.py").write_text(source)
