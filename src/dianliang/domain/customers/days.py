"""Days as the database counts them."""

from typing import Any

from django.db import models
from django.db.models import Func


class DayPlus(Func):
    """Return a day so many days later; nothing where either is missing.

    Written for both databases, because a stored column can only be made by what each of them
    knows to give the same answer for ever.
    """

    output_field = models.DateField()
    template = "(%(expressions)s)"
    arg_joiner = " + "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Write it for SQLite, which keeps days as text."""
        return self.as_sql(
            compiler,
            connection,
            template="date(%(expressions)s || ' days')",
            arg_joiner=", '+' || ",
            **context,
        )
