"""State machines as printed tables: what may follow what, by whom."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dianliang.kernel.actor import Role
from dianliang.kernel.errors import IllegalTransitionError, NotYourTurnError
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of a lifecycle: `verb` moves any of `sources` to `target`, for `roles`."""

    verb: str
    label: str
    sources: frozenset[str]
    target: str
    roles: frozenset[Role]


class Lifecycle:
    """A table of transitions with the labels of its states.

    Drives buttons, role checks, labels, database constraints, docs and tests.

    Raises:
        ValueError: a row names an unknown state, or two rows disagree on a verb and source.
    """

    def __init__(self, labels: Mapping[str, str], rows: Iterable[Transition]) -> None:
        self.labels = dict(labels)
        self.rows = tuple(rows)
        seen: set[tuple[str, str]] = set()
        for row in self.rows:
            unknown = (row.sources | {row.target}) - self.labels.keys()
            if unknown:
                raise ValueError(f"{row.verb}: unknown states {sorted(unknown)}")
            for source in row.sources:
                if (row.verb, source) in seen:
                    raise ValueError(f"{row.verb} from {source} is given twice")
                seen.add((row.verb, source))

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.rows)

    def verbs(self, source: str, *, role: Role) -> tuple[Transition, ...]:
        """Return the rows that this role may use from this state, in table order."""
        return tuple(r for r in self.rows if source in r.sources and role in r.roles)

    def label(self, verb: str) -> str:
        """Return what the button for a verb says."""
        return next(row.label for row in self.rows if row.verb == verb)

    def target(self, source: str, verb: str, *, role: Role) -> str:
        """Return the state that `verb` leads to.

        Raises:
            IllegalTransitionError: no row has this verb from this state.
            NotYourTurnError: there is such a row, but not for this role.
        """
        row = next((r for r in self.rows if r.verb == verb and source in r.sources), None)
        if row is None:
            label = self.labels.get(source, source)
            raise IllegalTransitionError(
                Phrase("当前状态为“%(label)s”，不能执行此操作。", label=Phrase(label))
            )
        if role not in row.roles:
            raise NotYourTurnError(Phrase("您的角色不能执行“%(label)s”。", label=Phrase(row.label)))
        return row.target


def row(verb: str, label: str, sources: Iterable[str], target: str, *roles: Role) -> Transition:
    """Write one row of a lifecycle table on one line."""
    return Transition(
        verb=verb, label=label, sources=frozenset(sources), target=target, roles=frozenset(roles)
    )
