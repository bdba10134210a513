"""The tables as CSV."""

import csv
import io
from typing import Any

from harness.report.exports.claim_tables import claim_tables
from harness.report.exports.dataset import Dataset, Files
from harness.report.exports.run_tables import run_tables
from harness.report.exports.tables import Column, Table, readme

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""
_NOTE = (
    "CSV in UTF-8 with a byte order mark, so that spreadsheets show Hangul. A text that a spreadsheet would take "
    "for a formula begins\nwith an apostrophe; an empty cell is no value.\n\n"
    "스프레드시트에서 한글이 보이도록 BOM이 있는 UTF-8로 저장했다. 수식으로 읽힐 글은 작은따옴표로 시작하며,\n"
    "빈 칸은 값이 없다는 뜻이다."
)


def comma_separated(data: Dataset) -> Files:
    """Return a CSV file per table and README.md."""
    tables = [*claim_tables(data), *run_tables(data)]
    files = {f"{table.name}.csv": _file(table) for table in tables}
    return files | {"README.md": readme(tables, "csv", _NOTE)}


def _file(table: Table) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(column, column.of(row)) for column in table.columns])
    return sink.getvalue().encode("utf-8-sig")


def _cell(column: Column, value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if column.kind == "string" and isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return "'" + value
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
