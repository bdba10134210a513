"""Formats are told by what a file holds; what is wrong with it is told by file and line."""

import gzip
import json
import zipfile

import pytest

from harness.config.settings import project
from harness.errors import UsageError
from harness.evaluation.imports import find_logs
from harness.evaluation.imports.ifbench import read

GOLDEN = project().root / "tests/golden/logs"
RESPONSE = json.dumps({"prompt": "Say hi.", "response": "hi"}) + "\n"


def test_every_log_of_a_folder_is_found_and_what_is_none_is_told(lm_eval_logs, tmp_path):
    for path in (*GOLDEN.iterdir(), *(lm_eval_logs / "once/maker__reciter").iterdir()):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "responses.jsonl.gz").write_bytes(gzip.compress(RESPONSE.encode()))
    (tmp_path / "results.json").write_text(json.dumps({"results": {}, "configs": {}}, indent=1))
    (tmp_path / "aggregate.json").write_text(json.dumps({"evaluation_results": [], "model_info": {}}))
    found, others = find_logs(tmp_path)
    assert sorted(log.format for log in found) == [
        *("eee", "eee_aggregate", "ifbench", "inspect", "lm_eval", "lm_eval", "lm_eval_results")
    ]
    assert [path.name for path in others] == ["README.md"]
    assert [log.format for log in find_logs(tmp_path, "eee")[0]] == ["eee"]


@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        ("a.json", "[1, 2]", "a JSON list"),
        ("a.jsonl", '{"question": "?", "reply": "!"}\n', "keys question, reply"),
        ("a.csv", "question,answer\n1,2\n", "no JSON; it begins with b'question"),
        ("a.jsonl", "", "an empty file"),
        ("a.jsonl", "[" * 100_000, "no JSON"),
    ],
)
def test_an_unknown_file_is_refused_with_what_was_seen(tmp_path, name, text, seen):
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=seen):
        find_logs(tmp_path / name)


def test_a_zip_archive_that_is_no_log_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("notes.txt", "…")
    with pytest.raises(UsageError, match="a zip archive with notes"):
        find_logs(tmp_path / "a.zip")


def test_a_format_that_nobody_knows_names_the_nearest(tmp_path):
    with pytest.raises(UsageError, match="did you mean lm_eval"):
        find_logs(tmp_path, "lm-eval")
    with pytest.raises(UsageError, match="nothing there"):
        find_logs(tmp_path / "none")


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (b'{"prompt": "Say ho.", "respo', "the line ends before its object does"),
        (b'{"prompt": "Say ho."}\n', "response: Field required"),
        (b'{"prompt": "Say ho.", "response": null}\n', "response"),
        (b'{"prompt": "Say hi.", "response": "hi again"}\n', "the prompt of line 1 again"),
        (b'"text"\n', "a str in place of an object"),
        (b'{"prompt": "\xff", "response": "x"}\n', "no JSON object"),
        (b'{"prompt": "\\ud800", "response": "x"}\n', "half of a surrogate pair"),
        (b"[" * 100_000 + b"\n", "nested far too deep"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, second, says):
    path = tmp_path / "responses.jsonl"
    path.write_bytes(RESPONSE.encode() + second)
    with pytest.raises(UsageError, match=says) as caught:
        read(path)
    assert caught.value.where == f"{path}, line 2"


def test_a_packed_file_that_was_cut_off_is_named(tmp_path):
    path = tmp_path / "responses.jsonl.gz"
    path.write_bytes(gzip.compress(RESPONSE.encode() * 3)[:-12])
    with pytest.raises(UsageError, match="unreadable"):
        read(path)


def test_long_lines_blank_lines_and_a_byte_order_mark_are_no_fault(tmp_path):
    path = tmp_path / "model-x.jsonl"
    long = json.dumps({"prompt": "Say much.", "response": "가" * 5_000_000}, ensure_ascii=False)
    path.write_text("\ufeff" + RESPONSE + "\n" + long, encoding="utf-8")
    (log,) = read(path)
    assert (log.task, log.model) == ("ifbench", "model-x")
    assert [len(answer.answers[0].text) for answer in log.answers] == [2, 5_000_000]
