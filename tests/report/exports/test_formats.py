import io
import os

import pyarrow.parquet
import pytest

from harness.config.settings import project
from harness.report.exports import FORMATS, Dataset, export
from harness.report.exports.claim_tables import claim_tables
from harness.report.exports.run_tables import run_tables
from harness.verdicts import RunEvidence

GOLDEN = project().root / "tests" / "golden" / "exports"
TEXTS = [name for name in FORMATS if name != "parquet"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_format_writes_what_it_wrote(data, name, monkeypatch):
    """`GOLDEN=write` writes the files anew, to be read before they are committed."""
    monkeypatch.setattr("harness.__version__", "0")
    files = FORMATS[name].files(data)
    folder = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    held = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert held == files


def test_parquet_holds_the_tables_with_their_types(data):
    files = FORMATS["parquet"].files(data)
    for table in [*claim_tables(data), *run_tables(data)]:
        read = pyarrow.parquet.read_table(io.BytesIO(files[f"{table.name}.parquet"]))
        assert read.column_names == [column.name for column in table.columns]
        assert read.to_pydict() == {column.name: table.values(column) for column in table.columns}
    assert {name.removesuffix(".parquet") for name in files} == {
        *("README.md", "claims", "verdicts", "findings", "measurements", "samples", "third_party")
    }


def test_the_same_input_gives_the_same_bytes_also_when_answers_came_in_another_order(data):
    runs = [RunEvidence(run.manifest, run.samples[::-1], run.folder) for run in data.runs]
    turned = Dataset(**{**vars(data), "runs": runs})
    assert export(data, FORMATS) == export(data, FORMATS) == export(turned, FORMATS)


@pytest.mark.parametrize("name", ["parquet", "csv"])
def test_the_readme_describes_every_column_in_both_languages(data, name):
    readme = FORMATS[name].files(data)["README.md"].decode()
    for table in [*claim_tables(data), *run_tables(data)]:
        part = readme.split(f"## {table.name}.{name}\n")[1].split("\n## ")[0]
        assert [line.split("`")[1] for line in part.splitlines() if line.startswith("| `")] == [
            column.name for column in table.columns
        ]
        assert all(column.en and column.ko for column in table.columns)


def test_every_format_takes_a_data_set_that_holds_nothing(data):
    empty = Dataset([], {}, [], [], data.benchmarks, data.models)
    files = export(empty, FORMATS)
    assert {path.split("/")[0] for path in files} == set(FORMATS) - {"every-eval-ever", "lm-eval"}
