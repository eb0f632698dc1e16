"""The notebooks of examples/, run from top to bottom on the real log."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER: Final = Path(__file__).parents[2] / "examples" / "notebooks"
MOST_CELLS: Final = 30
read: Final[Any] = nbformat.read  # it has no types


class Words(HTMLParser):
    """The words of a page, and how many pictures there are between them."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count a picture."""
        self.pictures += tag == "svg"

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.text += data


def _run(name: str, folder: Path) -> Any:
    notebook = read(FOLDER / name, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return notebook


def _shown(notebook: Any, ending: str) -> Words:
    """What the cell that ends so shows."""
    (cell,) = [each for each in notebook.cells if each.source.endswith(ending)]
    words = Words()
    for output in cell.outputs:
        data = output.get("data", {})
        words.feed(data.get("text/html", data.get("text/plain", output.get("text", ""))))
    return words


@pytest.mark.shared_data
def test_the_volvo_notebook_tells_its_story(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run from top to bottom it shows the figures that its words speak of, with pictures."""
    log = shared_data / "volvo_incidents" / "volvo_incidents.csv.gz"
    monkeypatch.setenv("VOLVO_LOG", str(log))
    examples = tmp_path / "examples"
    (examples / "notebooks").mkdir(parents=True)
    (examples / "volvo").symlink_to(FOLDER.parent / "volvo")
    ran = _run("volvo.ipynb", examples / "notebooks")
    assert "60.2" in _shown(ran, 'flow["stays_in_first_line"]').text
    assert "16.7" in _shown(ran, 'flow["back_to_same_team"]').text
    pingpong = _shown(ran, 'flow["to_first_completed_if_back_to_same_team"]').text
    assert "20.8 days" in pingpong
    assert "4.7 days" in pingpong
    assert "31.5" in _shown(ran, 'time["customer_wait_hours"]').text
    every = [_shown(ran, each.source) for each in ran.cells if each.cell_type == "code"]
    assert sum(words.pictures for words in every) >= 8
    assert (examples / "notebooks" / "volvo.html").stat().st_size > 100_000


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_is_short_and_holds_nothing_of_anybody(path: Path) -> None:
    """Under thirty cells, and no output is kept: the log that it reads is not ours to give."""
    notebook = read(path, as_version=4)
    nbformat.validate(notebook)
    assert len(notebook.cells) < MOST_CELLS
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
