"""What the installed engine knows, read from its sources: importing vLLM and torch takes seconds."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

GENERATING = (
    "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES",
    "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
)
"""Tables of transformers' modeling_auto.py of classes that write text; vLLM's Transformers backend tries them."""


@dataclass(frozen=True)
class InstalledEngine:
    """The installed vLLM, a fork of it too: its tables, and those of the transformers beside it."""

    root: Path
    """Folder of the package `vllm`."""

    @cached_property
    def own(self) -> set[str]:
        """Classes that vLLM has code of its own for."""
        return {name for name, module in self._classes() if module != "transformers"}

    @cached_property
    def by_transformers(self) -> set[str]:
        """Classes that transformers has code for; vLLM tries its Transformers backend on them."""
        listed = {name for name, module in self._classes() if module == "transformers"}
        return listed | set(_generating(_package("transformers")))

    @cached_property
    def reasoning_parsers(self) -> set[str]:
        """Names that --reasoning-parser takes."""
        return set(_keys(self.root / "reasoning" / "__init__.py", "_REASONING_PARSERS_TO_REGISTER"))

    @cached_property
    def tool_parsers(self) -> set[str]:
        """Names that --tool-call-parser takes."""
        return set(_keys(self.root / "tool_parsers" / "__init__.py", "_TOOL_PARSERS_TO_REGISTER"))

    @property
    def cuda(self) -> str | None:
        """Version of CUDA that the installed PyTorch is built for; None for a build without."""
        torch = _package("torch")
        text = (torch / "version.py").read_text(encoding="utf-8") if torch else ""
        found = re.search(r"^cuda\b.*=\s*'([\d.]+)'", text, re.MULTILINE)
        return found.group(1) if found else None

    def has_module(self, dotted: str) -> bool:
        """Return whether `vllm.some.module` is a file of this vLLM."""
        path = self.root.joinpath(*dotted.split(".")[1:])
        return path.with_suffix(".py").exists() or (path / "__init__.py").exists()

    def plugin_for(self, class_name: str) -> str | None:
        """Return the installed vLLM plugin whose sources name the class."""
        for entry in metadata.entry_points(group="vllm.general_plugins"):
            folder = _package(entry.module.split(".")[0])
            if (
                folder
                and folder != self.root
                and any(class_name in path.read_text(errors="replace") for path in folder.rglob("*.py"))
            ):
                return entry.name
        return None

    def serves(self, class_name: str) -> str | None:
        """Return how a class would be served, in words; None where nothing installed has it."""
        if class_name in self.own:
            return "vLLM's own class"
        plugin = self.plugin_for(class_name)
        if plugin is not None:
            return f"the plugin {plugin}"
        return "vLLM's Transformers backend" if class_name in self.by_transformers else None

    def _classes(self) -> Iterator[tuple[str, str]]:
        """Yield every class of the registry with the module that holds its code."""
        tables = _tables(self.root / "model_executor" / "models" / "registry.py")
        joined = tables.get("_VLLM_MODELS", ast.Dict([], []))
        names = [
            part.id
            for key, part in zip(joined.keys, joined.values, strict=True)
            if key is None and isinstance(part, ast.Name)
        ]
        for name in names:
            for key, value in zip(tables[name].keys, tables[name].values, strict=True):
                if isinstance(key, ast.Constant):
                    yield str(key.value), ast.literal_eval(value)[0]


def installed_engine() -> InstalledEngine | None:
    """Return the vLLM of this environment; None where there is none."""
    root = _package("vllm")
    return InstalledEngine(root) if root else None


def _package(name: str) -> Path | None:
    """Return the folder of an installed package, which is not imported."""
    spec = find_spec(name)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None


def _tables(path: Path) -> dict[str, ast.Dict]:
    """Return the dicts that a module assigns at its top, unread."""
    found: dict[str, ast.Dict] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else []:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and isinstance(node.targets[0], ast.Name)
        ):
            found[node.targets[0].id] = node.value
    return found


def _keys(path: Path, table: str) -> list[str]:
    found = _tables(path).get(table, ast.Dict([], []))
    return [str(key.value) for key in found.keys if isinstance(key, ast.Constant)]


def _generating(package: Path | None) -> Iterator[str]:
    """Yield the classes in transformers' tables GENERATING: pairs of a model type and one class or several."""
    path = package / "models" / "auto" / "modeling_auto.py" if package else None
    for node in ast.parse(path.read_text(encoding="utf-8")).body if path and path.exists() else []:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in GENERATING:
            table = next(part for part in ast.walk(node.value) if isinstance(part, ast.List))
            for pair in (part for part in table.elts if isinstance(part, ast.Tuple)):
                _, classes = ast.literal_eval(pair)
                yield from [classes] if isinstance(classes, str) else classes
