"""Run the code of SciCode's steps against their tests, whose expected values stand in a file of numbers."""

import base64
import os
import pickle
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py
import scipy.sparse

from harness.config.settings import data_root
from harness.errors import HarnessError
from harness.evaluation.sandbox import Case, Limits, run_cases

LIMITS = Limits(seconds=1800.0, memory_bytes=8 << 30, output_bytes=64 << 20)
"""The makers' time for one step; they set no other limit."""
TARGETS = "scicode/test_data.h5"


def process_results_step(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Return whether the step passes its tests."""
    (program,) = results
    (passed,) = _passed(doc, program)
    return {"pass@1": passed}


def process_results_whole(doc: dict[str, Any], results: list[str]) -> dict[str, Any]:
    """Return which steps pass their tests, and whether all do: then the problem counts as solved."""
    (program,) = results
    passed = _passed(doc, program)
    return {"steps": passed, "problems": float(all(passed))}


def _passed(doc: dict[str, Any], program: str) -> list[float]:
    with _file() as file:
        cases = [_case(step, targets(file, step["number"], len(step["tests"]))) for step in doc["steps"]]
    with closing(run_cases([doc["before"], program], cases, LIMITS)) as outcomes:
        return [float(outcome.passed) for outcome in outcomes]


def _file() -> h5py.File:
    root = data_root()
    path = root / TARGETS if root else None
    if path is None or not path.exists():
        raise HarnessError(
            expected=f"SciCode's expected values: $HARNESS_DATA/{TARGETS}",
            found="no such file" if path else "HARNESS_DATA is not set",
            fix="put test_data.h5 there, about 1 GB; the SciCode repository's README says where it is",
        )
    return h5py.File(path, "r")


def _case(step: dict[str, Any], expected: list[Any]) -> Case:
    """Return the tests of a step, one after the other in one namespace, each with its `target`."""
    compare = Path(os.environ["SCICODE_PACKAGE"], "compare", "cmp.py").read_text(encoding="utf-8")
    lines = [_PREPARE.format(compare=compare)]
    for number, test in enumerate(step["tests"]):
        lines += [f"target = __targets__[{number}]", test]
    return Case(stdin=base64.b64encode(pickle.dumps(expected)).decode(), then="\n".join(lines))


_PREPARE = """
import base64 as __base64, pickle as __pickle, sys as __sys, types as __types
__targets__ = __pickle.loads(__base64.b64decode(open(0).read()))
for __name in ('scicode', 'scicode.compare', 'scicode.compare.cmp'):
    __sys.modules[__name] = __types.ModuleType(__name)
exec({compare!r}, __sys.modules['scicode.compare.cmp'].__dict__)
"""


def targets(file: h5py.File, step: str, tests: int) -> list[Any]:
    """Return what each test of a step expects: one value, or a tuple where there are several.

    The file's layout: `<step>/test<n>/<variable>`, a number, array or text, or a group: `list`, `sparse_matrix`,
    or the keys and values of a dictionary.
    """
    found = []
    for number in range(1, tests + 1):
        values = [_value(node) for node in file[f"{step}/test{number}"].values()]
        found.append(values[0] if len(values) == 1 else tuple(values))
    return found


def _value(node: Any) -> Any:
    if isinstance(node, h5py.Dataset):
        value = node[()]
        return value.decode() if isinstance(value, bytes) else value
    if "list" in node:
        return [_value(child) for child in node["list"].values()]
    if "sparse_matrix" in node:
        return _sparse({name: child[()] for name, child in node["sparse_matrix"].items()})
    return {_key(name): _value(child) for name, child in node.items()}


def _sparse(parts: dict[str, Any]) -> Any:
    shape = tuple(parts["shape"])
    if "row" in parts:
        return scipy.sparse.coo_matrix((parts["data"], (parts["row"], parts["col"])), shape=shape)
    values = (parts["data"], parts["indices"], parts["indptr"])
    if "blocksize" in parts:
        return scipy.sparse.bsr_matrix(values, shape=shape, blocksize=tuple(parts["blocksize"]))
    return scipy.sparse.csr_matrix(values, shape=shape)


def _key(name: str) -> float | str:
    try:
        return float(name)
    except ValueError:
        return name
