"""Values that are worked on once and then never change.

The engine makes tickets and clocks of two dozen fields by the million, and copying a frozen one for
every small step would cost more than the decision. So each has an open form, an ordinary slots class,
and a sealed form that adds no field and refuses every assignment. Sealing turns the very object from
one into the other; nobody outside the engine ever sees an open one.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn, TypeVar

from attrs.exceptions import FrozenInstanceError

Key = TypeVar("Key")
Value = TypeVar("Value")
Form = TypeVar("Form", bound="Sealed")


class Sealed:
    """Refuses to change. The sealed form of a class is ``class Thing(Sealed, OpenThing)``.

    Made by hand, it takes what its open form takes.
    """

    __slots__ = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        form = type(self).__mro__[2](*args, **kwargs)  # the open form stands behind Sealed
        for name in form.__slots__:
            if name != "__weakref__":
                object.__setattr__(self, name, getattr(form, name))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError


def seal(thing: Any, form: type[Form]) -> Form:
    """Turn *thing* itself, of the open form, into its sealed *form*."""
    thing.__class__ = form
    sealed: Form = thing
    return sealed


class FrozenDict(dict[Key, Value]):
    """A dict that refuses to change. It pickles, which a ``MappingProxyType`` does not.

    >>> FrozenDict(a=1)["a"]
    1
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise FrozenInstanceError

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict[Key, Value]], tuple[dict[Key, Value]]]:
        return FrozenDict, (dict(self),)


NOTHING: Final[FrozenDict[str, Any]] = FrozenDict()
