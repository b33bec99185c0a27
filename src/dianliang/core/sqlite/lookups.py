"""`startswith` means the same on SQLite as elsewhere: upper and lower case are two letters.

Django says it with LIKE, which folds ASCII there: of two codes that differ in case alone, a scope
by path would reach the other's. GLOB does not fold, and can use the index of a path.
"""

from typing import Any

from django.db.models import Field
from django.db.models.lookups import PatternLookup
from django.db.models.lookups import StartsWith as FoldingStartsWith

_ESCAPED = {"[": "[[]", "*": "[*]", "?": "[?]"}
"""What GLOB would take for a pattern; the bracket comes first, for the others bring one."""


@Field.register_lookup
class StartsWith(FoldingStartsWith):
    """Compare a beginning letter for letter."""

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:
        """Say it with GLOB; a value is escaped here, a column by the database."""
        lhs, params = self.process_lhs(compiler, connection)
        rhs, rhs_params = super(PatternLookup, self).process_rhs(compiler, connection)
        if self.rhs_is_direct_value() and not self.bilateral_transforms:
            rhs_params = tuple(f"{_escaped(str(value))}*" for value in rhs_params)
        else:
            for sign, escaped in _ESCAPED.items():
                rhs = f"REPLACE({rhs}, '{sign}', '{escaped}')"
            rhs = f"{rhs} || '*'"
        return f"{lhs} GLOB {rhs}", [*params, *rhs_params]


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(character, character) for character in text)
