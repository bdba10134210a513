"""The tables as Parquet."""

import io
from collections.abc import Mapping
from types import MappingProxyType

import pyarrow
import pyarrow.parquet

from harness.report.exports.claim_tables import claim_tables
from harness.report.exports.dataset import Dataset, Files
from harness.report.exports.run_tables import run_tables
from harness.report.exports.tables import Kind, Table, readme

_TYPES: Mapping[Kind, pyarrow.DataType] = MappingProxyType(
    {
        "string": pyarrow.string(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
    }
)


def parquet(data: Dataset) -> Files:
    """Return a Parquet file per table and README.md; the same pyarrow gives the same bytes."""
    tables = [*claim_tables(data), *run_tables(data)]
    files = {f"{table.name}.parquet": _file(table) for table in tables}
    return files | {"README.md": readme(tables, "parquet", "Parquet, compressed by Zstandard.")}


def _file(table: Table) -> bytes:
    schema = pyarrow.schema([pyarrow.field(column.name, _TYPES[column.kind]) for column in table.columns])
    arrays = [pyarrow.array(table.values(c), _TYPES[c.kind]) for c in table.columns]
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    return sink.getvalue()
