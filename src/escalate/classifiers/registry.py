"""Which classifiers go by which name: those that a host registers, and plugins that it allows.

A plugin is an entry point of the group ``escalate.classifiers`` in some installed distribution. Looking
for plugins imports none of them; one that is allowed is imported when its name is first asked for.
"""

from __future__ import annotations

import inspect
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import attrs

from escalate.classifiers.base import Classifier, as_classifier
from escalate.core.model import words
from escalate.core.sealing import NOTHING
from escalate.errors import BadInput, PluginClash, PluginFailed, nearest

GROUP: Final = "escalate.classifiers"


@attrs.frozen(order=True)
class Plugin:
    """A classifier that an installed distribution offers.

    Attributes:
        name: By which policies ask for it.
        distribution: The distribution that offers it, as it is installed.
        version: The distribution's version.
        value: Where its code is, as ``"module:name"``.
    """

    name: str
    distribution: str
    version: str
    value: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} ({self.value})"


def _plugin(entry: EntryPoint) -> Plugin:
    # A distribution whose metadata are damaged has no name; what it offers is listed all the same.
    metadata = getattr(getattr(entry, "dist", None), "metadata", None) or {}
    origin, version = metadata.get("Name") or "unknown", metadata.get("Version") or "unknown"
    return Plugin(entry.name, origin, version, entry.value)


def installed_plugins() -> tuple[Plugin, ...]:
    """Return every plugin that is installed, by name; none of them is imported."""
    return tuple(sorted(_plugin(entry) for entry in entry_points(group=GROUP)))


def clashes(plugins: Iterable[Plugin]) -> tuple[PluginClash, ...]:
    """Return an error for each name that more than one of *plugins* has."""
    known = tuple(plugins)
    often = Counter(plugin.name for plugin in known)
    return tuple(_clash(name, known) for name in sorted(often) if often[name] > 1)


def _clash(name: str, plugins: Iterable[Plugin]) -> PluginClash:
    origins = " and ".join(str(plugin) for plugin in plugins if plugin.name == name)
    return PluginClash(f"plugin {name!r}", origins, "one of them; uninstall the other")


def load_plugin(name: str) -> Classifier:
    """Import the plugin of that *name* and return its classifier.

    Its entry point is a classifier, a class or factory that takes no arguments, or a function of a ticket.

    Raises:
        BadInput: No distribution that is installed offers it.
        PluginClash: More than one does.
        PluginFailed: It cannot be imported or made, or it is no classifier.
    """
    find_plugin(name)
    (entry,) = entry_points(group=GROUP, name=name)
    try:
        return made(entry.load())
    except Exception as why:
        what = f"plugin {name!r} of {_plugin(entry)}"
        wanted = "one that imports and makes a classifier; tell its author"
        raise PluginFailed(what, f"{type(why).__name__}: {why}", wanted) from why


def find_plugin(name: str) -> Plugin:
    """Return what is known of the plugin of that *name*, which is not imported.

    Raises:
        BadInput: No distribution that is installed offers it.
        PluginClash: More than one does.
    """
    plugins = installed_plugins()
    found = [plugin for plugin in plugins if plugin.name == name]
    if not found:
        raise BadInput("plugin", name, nearest(name, {plugin.name for plugin in plugins}))
    if len(found) > 1:
        raise _clash(name, found)
    return found[0]


def made(thing: object) -> Classifier:
    """Return the classifier that *thing* is, or makes when it is called without arguments.

    >>> made(lambda ticket: "N2").name, made(lambda: lambda ticket: "N2").name
    ('<lambda>', '<lambda>')
    """
    return as_classifier(thing() if _is_factory(thing) else thing)  # type: ignore[operator]


def _is_factory(thing: object) -> bool:
    """Whether *thing* is called without arguments; a function of a ticket needs one."""
    if isinstance(thing, type):
        return True
    if isinstance(thing, Classifier) or not callable(thing):
        return False
    try:
        inspect.signature(thing).bind()
    except (TypeError, ValueError):
        return False
    return True


class Registry(Mapping[str, Classifier]):
    """The classifiers that policies may name. Give it to a desk: ``Desk(policy, classifiers=registry)``.

    Nothing is in it that the host did not put there or allow by name. Each is made once, when it is first
    asked for; any number of threads may ask.

    Args:
        registered: Classifiers, or what makes them, by name; see :meth:`register`.
        allow: The names of plugins that may be loaded; they have to be installed.

    Raises:
        BadInput: A plugin that is allowed is not installed, or what is registered is no classifier.
        PluginClash: More than one distribution offers a plugin that is allowed.

    >>> registry = Registry({"vpn": lambda ticket: "N2" if "vpn" in ticket.text else None})
    >>> registry["vpn"].name
    '<lambda>'
    """

    def __init__(
        self, registered: Mapping[str, object] = NOTHING, *, allow: Iterable[str] = ()
    ) -> None:
        self._lock = threading.RLock()
        self._things: dict[str, Any] = {}
        self._made: dict[str, Classifier] = {}
        self._allowed = frozenset(words(allow))
        for name in sorted(self._allowed):
            find_plugin(name)
        for name, thing in registered.items():
            self.register(name, thing)

    def register(self, name: str, thing: object) -> None:
        """Let *name* stand for a classifier; whatever it stood for before, it does no more.

        Desks that have asked for the old one keep it.

        Args:
            name: What policies call it.
            thing: A classifier, a function of a ticket, or a class or function that takes no arguments
                and returns a classifier, called when it is first needed.

        Raises:
            BadInput: *name* is no name or that of an allowed plugin, or *thing* is none of these.
        """
        if not isinstance(name, str) or not name.strip():
            raise BadInput("Registry.register", name, "a name")
        if name in self._allowed:
            wanted = "another name: a plugin that is allowed goes by this one"
            raise BadInput("Registry.register", name, wanted)
        with self._lock:
            self._made.pop(name, None)
            self._things[name] = thing if _is_factory(thing) else as_classifier(thing)

    def __getitem__(self, name: str) -> Classifier:
        if name not in self:
            raise KeyError(name)
        with self._lock:
            if name not in self._made:
                allowed = name in self._allowed
                self._made[name] = load_plugin(name) if allowed else made(self._things[name])
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._things or name in self._allowed

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._things.keys() | self._allowed))

    def __len__(self) -> int:
        return len(self._things) + len(self._allowed)

    def __repr__(self) -> str:
        return f"Registry({', '.join(self) or 'empty'})"
