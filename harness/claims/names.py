"""Names as sources print them, resolved to the one id the harness uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.records import Benchmark, Model, Subject


@dataclass(frozen=True)
class Names:
    """Ids and aliases of one kind of thing; looked up without regard to case."""

    ids: Mapping[str, str]
    """id -> name to show."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """name in lower case -> id."""

    def resolve(self, name: str) -> str | None:
        """Return the id for an id or an alias, None for a name that is not known."""
        return name if name in self.ids else self.aliases.get(name.casefold())

    def known(self) -> list[str]:
        """Return everything that resolves, for the hint in an error."""
        return [*self.ids, *self.aliases]


def benchmark_names(benchmarks: Mapping[str, Benchmark]) -> Names:
    """Return the names of the registry's benchmarks; raises ValueError when two share one."""
    return _names((b.id, b.names[0], b.names) for b in benchmarks.values())


def subject_names(models: Mapping[str, Model], subjects: Mapping[str, Subject]) -> Names:
    """Return the names of models and other subjects; raises ValueError when two share one."""
    entries = [(m.id, m.name, [m.name]) for m in models.values()]
    entries += [(s.id, s.name, [s.name, *s.names]) for s in subjects.values()]
    return _names(entries)


def _names(entries: Iterable[tuple[str, str, list[str]]]) -> Names:
    ids: dict[str, str] = {}
    aliases: dict[str, str] = {}
    for one, shown, names in entries:
        if one in ids:
            raise ValueError(f"{one} is defined twice")
        ids[one] = shown
        for name in names:
            owner = aliases.setdefault(name.casefold(), one)
            if owner != one:
                raise ValueError(f"the name {name!r} belongs to both {owner} and {one}")
    return Names(ids, aliases)
