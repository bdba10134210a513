"""What may not be passed on never is, whatever it says and wherever it stands."""

import io

import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.records import Request, Sample
from harness.report.exports import FORMATS, Dataset, export
from harness.report.exports.dataset import ANSWER_LENGTH, shared
from harness.verdicts import RunEvidence
from tests.examples import benchmark, sample

MARK = "MARKXYZZY"
LOCKED = ("internal_only", "non_commercial", "verbatim_only")
AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
TEXT = st.builds(lambda before, after: f"{before}{MARK}{after}", AROUND, AROUND)
LONG = st.builds(lambda text: f"{text} {'and so on ' * (ANSWER_LENGTH // 10)}", TEXT)
ANSWER = st.one_of(LONG, st.lists(LONG, min_size=1), st.dictionaries(LONG, st.integers(), min_size=1))


@st.composite
def answers_with_marks(draw) -> list[Sample]:
    return [
        sample(
            index,
            status=draw(st.sampled_from(["scored", "truncated", "empty", "unparsed", "error"])),
            text=draw(TEXT),
            reasoning=draw(st.none() | TEXT),
            raw=draw(st.none() | TEXT),
            error=draw(st.none() | TEXT),
            answers=draw(st.dictionaries(st.sampled_from(["strict", "lenient", "none"]), ANSWER)),
            request=Request(sha256=str(index)),
        )
        for index in range(3)
    ]


def everything(files: dict[str, bytes]) -> str:
    """All that a reader of the files can see, Parquet's compressed columns and its metadata included."""
    seen = []
    for path, content in files.items():
        if path.endswith(".parquet"):
            table = pyarrow.parquet.read_table(io.BytesIO(content))
            seen += [repr(table.to_pydict()), repr(table.schema.metadata)]
        seen.append(content.decode(errors="replace"))
    return "\n".join(seen)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=answers_with_marks(), locked=st.sampled_from([*LOCKED, "no config"]))
def test_no_text_of_a_locked_benchmark_reaches_any_export(data, samples, locked):
    run = RunEvidence(data.runs[0].manifest, samples, data.runs[0].folder)
    benchmarks = dict(data.benchmarks)
    benchmarks.pop("quiz")
    if locked != "no config":
        benchmarks["quiz"] = benchmark(redistribution=locked)
    prompts = {str(index): f"{MARK} is asked" for index in range(3)}
    changed = {"runs": [run, *data.runs[1:]], "benchmarks": benchmarks, "prompts": prompts}
    assert MARK not in everything(export(Dataset(**{**vars(data), **changed}), FORMATS))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=answers_with_marks())
def test_the_same_marks_are_seen_where_the_items_are_free(data, samples):
    run = RunEvidence(data.runs[0].manifest, samples, data.runs[0].folder)
    files = export(Dataset(**{**vars(data), "runs": [run]}), FORMATS)
    for path in ("parquet/samples.parquet", "csv/samples.csv"):
        assert MARK in everything({path: files[path]})
    assert MARK in everything({path: text for path, text in files.items() if path.endswith("_samples.jsonl")})


@pytest.mark.parametrize("locked", LOCKED)
def test_hash_scores_and_a_short_answer_may_be_passed_on(locked):
    told = shared(sample(answers={"strict": "B", "lenient": "B" * 99}), benchmark(redistribution=locked), {})
    assert (told.withheld, dict(told.answers), told.text, told.prompt) == (True, {"strict": "B"}, None, None)
