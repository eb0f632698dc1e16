"""How what was learned is kept in a file: compact, documented, and nothing in it is ever run.

The file is the line ``escalate-text 1``, and after it, compressed by zlib:

- four bytes, little-endian: the length of the next part;
- a JSON object in ASCII: ``settings`` (of the classifier), ``labels``, ``has_nowhere``, ``unit``, ``texts``,
  ``words`` and ``pieces`` (how many there are);
- in how many texts each gram occurs, four bytes each, little-endian, words before pieces;
- the weights, a signed byte each: the first label of every gram, then the second, and so on;
- the grams in UTF-8, a line feed between two, words before pieces.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from escalate.classifiers.text.model import TextModel
from escalate.classifiers.text.vocabulary import Vocabulary
from escalate.errors import BadInput

_MAGIC: Final = b"escalate-text 1\n"
_LENGTH: Final = struct.Struct("<I")
_BETWEEN: Final = "\n"  # no gram has one: words hold no blanks, and a pair has a space
MOST_BYTES: Final = 2**30
"""How large a file may become when it is unpacked; a small one could fill all memory."""


def save_model(path: str | Path, model: TextModel, settings: Mapping[str, Any]) -> None:
    """Write *model* and the *settings* of its classifier to *path*; the same give the same bytes."""
    grams = model.vocabulary
    header = {
        "settings": settings,
        "labels": model.labels,
        "has_nowhere": model.has_nowhere,
        "unit": model.unit,
        "texts": grams.texts,
        "words": len(grams.words),
        "pieces": len(grams.pieces),
    }
    told = json.dumps(header, sort_keys=True, allow_nan=False).encode("ascii")
    size = len(model.labels) + model.has_nowhere
    content = b"".join(
        (
            _LENGTH.pack(len(told)),
            told,
            struct.pack(f"<{len(grams)}I", *grams.seen),
            # By label, for the weights of one label resemble each other, and so take less room.
            *(model.weights[label::size] for label in range(size)),
            _BETWEEN.join((*grams.words, *grams.pieces)).encode("utf-8", "surrogatepass"),
        )
    )
    Path(path).write_bytes(_MAGIC + zlib.compress(content, 9))


def load_model(path: str | Path) -> tuple[TextModel, dict[str, Any]]:
    """Return what :func:`save_model` wrote to *path*.

    Raises:
        BadInput: The file holds something else, or is damaged.
    """
    raw = Path(path).read_bytes()
    wanted = "a file that TextClassifier.save wrote"
    if not raw.startswith(_MAGIC):
        raise BadInput(str(path), raw[: len(_MAGIC)], wanted)
    try:
        return _read(_unpacked(raw[len(_MAGIC) :]))
    except (ValueError, KeyError, TypeError, struct.error, zlib.error, RecursionError) as why:
        raise BadInput(str(path), f"{type(why).__name__}: {why}", f"{wanted}, whole") from why


def _unpacked(raw: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(raw, MOST_BYTES)
    if not unpacking.eof:
        raise ValueError(f"it is cut off, or larger than {MOST_BYTES} bytes")
    return content


def _read(content: bytes) -> tuple[TextModel, dict[str, Any]]:
    (length,) = _LENGTH.unpack_from(content)
    header = json.loads(content[4 : 4 + length])
    labels, unit = tuple(header["labels"]), float(header["unit"])
    has_nowhere = bool(header["has_nowhere"])
    words, pieces = int(header["words"]), int(header["pieces"])
    grams, size = words + pieces, len(labels) + has_nowhere
    at = 4 + length
    seen = struct.unpack_from(f"<{grams}I", content, at)
    at += 4 * grams
    by_label = content[at : at + grams * size]
    weights = b"".join(by_label[gram::grams] for gram in range(grams))
    told = content[at + grams * size :].decode("utf-8", "surrogatepass")
    named = told.split(_BETWEEN) if told else []
    if len(named) != grams or len(weights) != grams * size or not 0 <= unit < 2**40:
        raise ValueError(f"{grams} grams and {size} labels do not fit what follows")
    if not labels or not all(isinstance(label, str) for label in labels):
        raise ValueError("labels are words")
    vocabulary = Vocabulary(tuple(named[:words]), tuple(named[words:]), seen, int(header["texts"]))
    return TextModel(labels, vocabulary, weights, unit, has_nowhere), dict(header["settings"])
