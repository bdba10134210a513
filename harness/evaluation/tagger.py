"""NLTK's English tagger, which one kind of constraint needs, from a package that carries its original file.

NLTK reads it in another form today, as JSON; it is written in that form once, into the user's cache.
"""

import json
import os
import pickle
from functools import cache
from pathlib import Path
from typing import Any

from harness.store.origins import building, cache_root


class _Plain(pickle.Unpickler):
    """Reads numbers, texts and collections; a pickle may name any code to run, and this one has no need to."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {("__builtin__", "set"), ("builtins", "set")}:
            return set
        raise pickle.UnpicklingError(f"expected plain data, found {module}.{name}")


@cache
def provide() -> None:
    """Let NLTK find its English tagger, made from the file that IFBENCH_TAGGER names (one of the `resources`)."""
    source = os.environ.get("IFBENCH_TAGGER")
    if source is None:
        return
    import nltk  # type: ignore[import-untyped]  # noqa: PLC0415 - reads NLTK_DATA when it is imported, and no later

    target = cache_root() / "nltk_tagger"
    with building(target) as folder:
        if folder is not None:
            _write(Path(source), folder / "taggers" / "averaged_perceptron_tagger_eng")
    if str(target) not in nltk.data.path:
        nltk.data.path.append(str(target))


def _write(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    with source.open("rb") as file:
        weights, words, classes = _Plain(file).load()
    for part, value in (("weights", weights), ("tagdict", words), ("classes", sorted(classes))):
        text = json.dumps(value)
        (folder / f"averaged_perceptron_tagger_eng.{part}.json").write_text(text, encoding="utf-8")
