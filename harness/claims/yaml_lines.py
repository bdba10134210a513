"""YAML that remembers on which line each key stands, so that every error can name one."""

from typing import Any

import yaml

Path = tuple[str | int, ...]
Lines = dict[Path, int]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DuplicateKeyError(ValueError):
    """A mapping names a key twice; plain YAML would silently keep the last value."""

    def __init__(self, key: str, line: int, first: int) -> None:
        """`line` is where the key stands again, `first` where it stood before; both count from 1."""
        self.line = line
        super().__init__(f"the key {key!r} stands twice (first on line {first})")


def read_yaml(text: str) -> tuple[Any, Lines]:
    """Return (the data, the line of every key and list entry by its path).

    Raises yaml.YAMLError for text that is no YAML and DuplicateKeyError for a key that stands twice.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: Lines = {}
        if node is None:
            return None, lines
        _note(node, (), lines)
        return loader.construct_document(node), lines
    finally:
        loader.dispose()


def line_of(lines: Lines, path: Path) -> int:
    """Return the line of the longest known beginning of `path`; 1 when nothing of it is known."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 1


def _note(node: yaml.Node, path: Path, lines: Lines) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
            here = (*path, key.value)
            line = key.start_mark.line + 1
            # "<<" merges an anchor's mapping; several are legal.
            if here in lines and key.value != "<<":
                raise DuplicateKeyError(key.value, line, lines[here])
            lines[here] = line
            _note(value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*path, index] = value.start_mark.line + 1
            _note(value, (*path, index), lines)
