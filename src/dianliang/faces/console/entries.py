"""What a bar of the console is made of: pages, and sections of pages."""

from dataclasses import dataclass

from dianliang.kernel.actor import Role

HANDLERS = frozenset({Role.DISPATCHER, Role.ALLIANCE_UNIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page that the bar leads to, or a section of several.

    `pages` are the names of addresses that belong to it, `*` at the end standing for anything;
    `key` is the key that opens it.
    """

    label: str
    to: str = ""
    pages: tuple[str, ...] = ()
    key: str = ""
    roles: frozenset[Role] = HANDLERS
    section: tuple["Entry", ...] = ()

    def holds(self, page: str) -> bool:
        """Tell whether a page belongs to it."""
        return any(_fits(page, pattern) for pattern in self.pages) or any(
            entry.holds(page) for entry in self.section
        )


def _fits(page: str, pattern: str) -> bool:
    return page.startswith(pattern[:-1]) if pattern.endswith("*") else page == pattern
