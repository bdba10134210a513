"""The whole data set as tables: each column defined once, for Parquet, CSV and the README."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["string", "integer", "number", "boolean"]


@dataclass(frozen=True)
class Column:
    """A column, described in both languages."""

    name: str
    kind: Kind
    of: Callable[[Any], Any]
    """Its value in a row; None where there is none."""
    en: str
    ko: str


@dataclass(frozen=True)
class Table:
    """A table with a record per row."""

    name: str
    en: str
    ko: str
    columns: Sequence[Column]
    rows: Sequence[Any]

    def values(self, column: Column) -> list[Any]:
        """Return a column's values, row by row."""
        return [column.of(row) for row in self.rows]


def readme(tables: Sequence[Table], suffix: str, note: str) -> bytes:
    """Return README.md: what each table holds and what each column means, in English and Korean."""
    parts = [
        "# K-AI claims: the whole data set · 전체 데이터\n\n"
        "Published claims about language models, what they were held against, and how they stand. Where the\n"
        "licence of a benchmark does not let its items be passed on, neither their text nor the model's answer\n"
        "is here: hashes, short answers and scores are.\n\n"
        "언어 모델에 대해 공개된 주장과, 그 주장을 대조한 증거와 판정이다. 벤치마크 라이선스가 문항 재배포를\n"
        "허용하지 않으면 문항과 답변의 본문은 싣지 않고 해시, 짧은 답, 점수만 싣는다.\n\n"
        f"{note}\n"
    ]
    for table in tables:
        parts.append(
            f"\n## {table.name}.{suffix}\n\n{table.en} · {table.ko} ({len(table.rows):,})\n\n"
            "| column · 열 | type · 형식 | English | 한국어 |\n|---|---|---|---|\n"
        )
        parts += [f"| `{c.name}` | {c.kind} | {c.en} | {c.ko} |\n" for c in table.columns]
    return "".join(parts).encode()
