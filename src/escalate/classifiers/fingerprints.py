"""Versions of classifiers that are made of data: the same data, the same version, in every process."""

from __future__ import annotations

import hashlib
import json


def fingerprint(content: object) -> str:
    """Return a short word that changes with *content*, which is anything that JSON can write.

    >>> fingerprint({"vpn": "N2"}) == fingerprint({"vpn": "N2"}) != fingerprint({"vpn": "N3"})
    True
    """
    # Escaped to ASCII, so that half a surrogate pair, which no encoding takes, is no error.
    told = json.dumps(content, sort_keys=True, ensure_ascii=True).encode()
    return hashlib.sha256(told).hexdigest()[:12]
