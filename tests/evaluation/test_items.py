import gzip
import json
import zipfile

import pytest

from harness.errors import HarnessError
from harness.evaluation.items import fingerprint, read_items, unpinned
from harness.records import Benchmark, FolderOrigin, HubOrigin, Score

ROWS = [{"question": "1 더하기 1은?", "answer": "2"}, {"question": 'a "quoted" word', "answer": "x"}]


def benchmark(*data):
    return Benchmark(
        id="small",
        names=["Small"],
        capability=["korean"],
        items=None,
        access="public",
        data=list(data),
        score=Score(metric="accuracy"),
        licence="ours",
        redistribution="free",
    )


def folder(path, **fields):
    return FolderOrigin(folder=str(path), **fields)


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.jsonl", lines(ROWS)),
        ("rows.json", json.dumps(ROWS)),
        ("around.json", json.dumps({"canary": "c", "examples": ROWS})),
        ("bom.jsonl", "\ufeff" + lines(ROWS)),
        ("rows.tsv", "question\tanswer\n" + "".join(f"{row['question']}\t{row['answer']}\n" for row in ROWS)),
        ("rows.csv", 'question,answer\n1 더하기 1은?,2\n"a ""quoted"" word",x\n'),
    ],
)
def test_items_are_read_from_every_form(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_items(benchmark(folder(tmp_path / name))) == ROWS


def test_items_are_read_from_a_gzip_file(tmp_path):
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(lines(ROWS).encode()))
    assert read_items(benchmark(folder(tmp_path / "rows.jsonl.gz"))) == ROWS


def test_a_lone_quotation_mark_in_a_tsv_file_swallows_no_row(tmp_path):
    (tmp_path / "rows.tsv").write_text('a\tb\n"one\t1\ntwo"\t2\n')
    assert read_items(benchmark(folder(tmp_path / "rows.tsv"))) == [
        {"a": '"one', "b": "1"},
        {"a": 'two"', "b": "2"},
    ]


def test_rows_of_several_files_say_which_they_are_of(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.jsonl").write_text('{"q": 1}\n')
    assert read_items(benchmark(folder(tmp_path / "*.jsonl"))) == [{"q": 1, "part": "a"}, {"q": 1, "part": "b"}]


def test_rows_of_a_zip_file_have_the_named_columns(tmp_path):
    with zipfile.ZipFile(tmp_path / "rows.zip", "w") as archive:
        archive.writestr("test/law.csv", "q1,x\n")
        archive.writestr("test/art.csv", "q2,y\n")
        archive.writestr("dev/art.csv", "q3,z\n")
    found = read_items(benchmark(folder(tmp_path / "rows.zip", member="test/*.csv", columns=["q", "a"])))
    assert found == [{"q": "q2", "a": "y", "part": "art"}, {"q": "q1", "a": "x", "part": "law"}]


def test_a_changed_file_is_refused_alone_and_among_several(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text('{"q": 1}\n')
    pinned = fingerprint(sorted(tmp_path.glob("*.jsonl")))
    several = benchmark(folder(tmp_path / "*.jsonl", sha256=pinned))
    single = benchmark(folder(tmp_path / "a.jsonl", sha256=fingerprint([tmp_path / "a.jsonl"])))
    assert len(read_items(several)) == 2
    assert len(read_items(single)) == 1
    (tmp_path / "a.jsonl").write_text('{"q": 2}\n')
    for changed in (several, single):
        with pytest.raises(HarnessError, match="SHA-256"):
            read_items(changed)


def test_the_first_origin_at_hand_is_used(tmp_path, monkeypatch):
    (tmp_path / "second.jsonl").write_text(lines(ROWS))
    first = FolderOrigin(folder="first.jsonl", root="data")
    second = FolderOrigin(folder="second.jsonl", root="data")
    monkeypatch.setenv("HARNESS_DATA", str(tmp_path))
    assert read_items(benchmark(first, second)) == ROWS
    (tmp_path / "first.jsonl").write_text('{"q": 1}\n')
    assert read_items(benchmark(first, second)) == [{"q": 1}]


def test_without_an_origin_at_hand_the_variable_to_set_is_named(monkeypatch):
    monkeypatch.delenv("HARNESS_DATA", raising=False)
    with pytest.raises(HarnessError, match=r"export HARNESS_DATA=.*klue/dev\.json"):
        read_items(benchmark(FolderOrigin(folder="klue/dev.json", root="data")))
    with pytest.raises(HarnessError, match="name one under `data`"):
        read_items(benchmark())


def test_a_hub_that_cannot_be_reached_is_an_error_that_says_what_to_do(monkeypatch):
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    with pytest.raises(HarnessError, match="HF_HOME"):
        read_items(benchmark(HubOrigin(hub="nobody/nothing", revision="unpinned", split="test")))


def test_an_origin_without_hash_and_revision_is_said_to_be_unpinned(tmp_path):
    (tmp_path / "rows.jsonl").write_text(lines(ROWS))
    pinned = folder(tmp_path / "rows.jsonl", sha256=fingerprint([tmp_path / "rows.jsonl"]))
    loose = folder(tmp_path / "rows.jsonl")
    hub = HubOrigin(hub="maker/set", revision="unpinned", split="test")
    assert unpinned(benchmark(pinned), examples=False) == []
    assert unpinned(benchmark(loose), examples=False) == ["items from rows.jsonl"]
    assert unpinned(benchmark(hub), examples=False) == ["items from maker/set@unpinned"]
    both = benchmark(pinned).model_copy(update={"fewshot": [hub]})
    assert unpinned(both, examples=True) == ["items from maker/set@unpinned"]
