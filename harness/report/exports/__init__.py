"""The data set for other tools: records in, files out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from harness.report.exports.bibtex import bibtex
from harness.report.exports.comma_separated import comma_separated
from harness.report.exports.dataset import Dataset, Files
from harness.report.exports.every_eval_ever import every_eval_ever
from harness.report.exports.feed import changes, feed
from harness.report.exports.huggingface import huggingface
from harness.report.exports.lm_eval import lm_eval
from harness.report.exports.parquet import parquet

__all__ = ["FORMATS", "Dataset", "Files", "Format", "changes", "export", "feed"]


@dataclass(frozen=True)
class Format:
    """A format of the export, as a page of downloads describes it."""

    name: str
    en: str
    ko: str
    files: Callable[[Dataset], Files]


def _atom(data: Dataset) -> Files:
    return {"feed.xml": feed(data.claims, data.verdicts)}


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("parquet", "the whole data set as Parquet", "전체 데이터(Parquet)", parquet),
            Format("csv", "the whole data set as CSV", "전체 데이터(CSV)", comma_separated),
            Format(
                "every-eval-ever",
                "records of Every Eval Ever: runs, their answers, published scores",
                "Every Eval Ever 형식의 실행, 답변, 공개 점수",
                every_eval_ever,
            ),
            Format(
                "huggingface", "results for model repositories on the hub", "허브 모델 저장소용 결과", huggingface
            ),
            Format("lm-eval", "results files of lm-eval", "lm-eval 결과 파일", lm_eval),
            Format("bibtex", "the sources, to cite them", "출처 인용(BibTeX)", bibtex),
            Format("atom", "a feed of verdicts that changed", "바뀐 판정 피드(Atom)", _atom),
        )
    }
)


def export(data: Dataset, formats: Iterable[str]) -> Files:
    """Return the files of several formats, each below a folder of its name."""
    return {f"{name}/{path}": file for name in formats for path, file in FORMATS[name].files(data).items()}
