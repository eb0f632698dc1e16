"""Tables of a case file: which class each stands for, and what its keys are called there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, get_type_hints

import attrs

from escalate.core.sealing import FrozenDict
from escalate.errors import BadInput
from escalate.policies.fitting import check_value
from escalate.policies.tables import Place, table

Reader = Callable[[Any, Place], Any]
_NO_PARTS: Final[Mapping[str, Reader]] = FrozenDict()


@attrs.frozen
class Form:
    """What a table of a case file stands for; the first mistake in it is an error.

    Attributes:
        make: The attrs class of what it describes.
        parts: By key, what reads a value that is more than a word, a number or a list of words.
        names: Keys that differ from the argument they stand for, by argument.
        hidden: Arguments that no file can give.
    """

    make: type
    parts: Mapping[str, Reader] = _NO_PARTS
    names: Mapping[str, str] = FrozenDict()
    hidden: frozenset[str] = frozenset()

    @cached_property
    def fields(self) -> Mapping[str, attrs.Attribute[Any]]:
        """Every attribute that a file can give, by key."""
        given = {
            field.alias or field.name: field for field in attrs.fields(self.make) if field.init
        }
        return {
            self.names.get(name, name): field
            for name, field in given.items()
            if name not in self.hidden
        }

    @cached_property
    def _hints(self) -> Mapping[str, Any]:
        return get_type_hints(self.make)

    def read(self, value: object, place: Place) -> Any:
        """Return what the table *value* at *place* describes.

        Raises:
            InvalidFile: A key is unknown or missing, or a value is not one that it can have.
        """
        arguments = self.arguments(value, place)
        try:
            return self.make(**arguments)
        except BadInput as wrong:
            key = wrong.what.rpartition(".")[2]
            at = place.key(key) if key in self.fields else place
            raise at.wrong(wrong.got, wrong.wanted) from wrong

    def arguments(self, value: object, place: Place) -> dict[str, Any]:
        """Return the arguments that the table *value* at *place* gives to the class.

        Raises:
            InvalidFile: A key is unknown or missing, or a value is not of the type it should be.
        """
        given = table(value, place, self.fields)
        needed = [key for key, field in self.fields.items() if field.default is attrs.NOTHING]
        if missing := [key for key in needed if key not in given]:
            raise place.wrong(sorted(given), f"also {', '.join(missing)}")
        return {
            self.fields[key].alias or key: self._value(key, each, place.key(key))
            for key, each in given.items()
        }

    def _value(self, key: str, value: object, place: Place) -> Any:
        field = self.fields[key]
        if key in self.parts:
            value = self.parts[key](value, place)
        check_value(field, self._hints[field.name], value, place)
        return value
