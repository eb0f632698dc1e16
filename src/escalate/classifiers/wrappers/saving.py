"""How wrappers are kept: a zip file with their settings in JSON, and the files of what they hold beside it.

``wrapper.json`` holds ``format`` (1), ``wrapper`` (the name of the class), ``settings`` (its arguments by
name) and ``inner`` (the class names of what it holds, in order); ``inner-0``, ``inner-1`` and so on are
the files that those saved. Nothing in a file is ever run, and no class is loaded because a file names it.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from escalate.classifiers.base import Classifier
from escalate.errors import BadInput, nearest

FORMAT: Final = 1
MOST_BYTES: Final = 2**30
"""How large a member of the file may become when it is unpacked; a small file could fill a disk."""

_TABLE: Final = "wrapper.json"
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same wrapper gives the same bytes


def save_parts(
    wrapper: str, settings: Mapping[str, Any], inners: Sequence[Any], path: str | Path
) -> None:
    """Write to *path* what :func:`load_parts` reads.

    Args:
        wrapper: The name of the wrapper's class.
        settings: Its arguments by name, as JSON has them.
        inners: The classifiers that it holds.
        path: The file.
    """
    table = {
        "format": FORMAT,
        "wrapper": wrapper,
        "settings": settings,
        "inner": [type(inner).__name__ for inner in inners],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        _add(file, _TABLE, json.dumps(table, sort_keys=True, allow_nan=False).encode())
        with tempfile.TemporaryDirectory() as folder:
            for number, inner in enumerate(inners):
                part = Path(folder, _member(number))
                inner.save(part)
                _add(file, part.name, part.read_bytes())


def load_parts(
    path: str | Path, wrapper: str, classes: Iterable[type]
) -> tuple[dict[str, Any], list[Classifier]]:
    """Return the settings and the classifiers that :func:`save_parts` wrote to *path*.

    Raises:
        BadInput: The file is none of this form, of a later one, of another wrapper, or names a class
            that is neither one of this library nor one of *classes*.
    """
    try:
        with zipfile.ZipFile(path) as file:
            table = json.loads(_member_bytes(file, _TABLE, path))
            settings = dict(_checked(table, wrapper, path))
            with tempfile.TemporaryDirectory() as folder:
                inners = []
                for number, name in enumerate(table["inner"]):
                    part = Path(folder, _member(number))
                    part.write_bytes(_member_bytes(file, part.name, path))
                    inners.append(_load_inner(name, part, tuple(classes)))
    except (
        zipfile.BadZipFile,
        KeyError,
        TypeError,
        UnicodeDecodeError,
        json.JSONDecodeError,
    ) as why:
        raise BadInput(str(path), type(why).__name__, f"a file saved by {wrapper}") from why
    return settings, inners


def _member(number: int) -> str:
    return f"inner-{number}"


def _add(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(info, content)


def _member_bytes(file: zipfile.ZipFile, name: str, path: str | Path) -> bytes:
    if (size := file.getinfo(name).file_size) > MOST_BYTES:
        raise BadInput(f"{path}: {name}", f"{size} bytes", f"at most {MOST_BYTES}")
    return file.read(name)


def _checked(table: Mapping[str, Any], wrapper: str, path: str | Path) -> Mapping[str, Any]:
    if table["format"] != FORMAT:
        raise BadInput(f"{path}: format", table["format"], f"{FORMAT}, which this release reads")
    if table["wrapper"] != wrapper:
        raise BadInput(f"{path}: wrapper", table["wrapper"], f"{wrapper}, whose load was called")
    settings: Mapping[str, Any] = table["settings"]
    return settings


def _load_inner(name: str, path: Path, classes: Sequence[type]) -> Classifier:
    import escalate.classifiers

    known = {each.__name__: each for each in classes}
    if name not in known and name in escalate.classifiers.__all__:
        known[name] = getattr(escalate.classifiers, name)
    loads = getattr(known.get(name), "load", None)
    if loads is None:
        wanted = f"a class given to load beside the path; {nearest(name, known)}"
        raise BadInput("a classifier inside", name, wanted)
    # A wrapper inside a wrapper hands the classes on; other classifiers know nothing of them.
    more = tuple(classes) if getattr(known[name], "holds", False) else ()
    found: Classifier = loads(path, *more)
    return found
