import json

import pytest

from harness.errors import UsageError
from harness.store import read_scores
from tests.examples import sample

LINE = {"item": "a", "repeat": 0, "score": 1.0, "status": "scored"}


@pytest.fixture
def file(tmp_path):
    def write(*lines):
        path = tmp_path / "answers.jsonl"
        text = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text("".join(f"{line}\n" for line in text))
        return path

    return write


def test_bare_lines_make_a_table(file):
    found = read_scores(
        file(
            LINE | {"cluster": "p", "tokens": 10},
            {"item": "b", "repeat": 0, "score": 0.5, "status": "scored", "cluster": "q", "tokens": 30},
        )
    )
    assert found.scores.tolist() == [[1.0], [0.5]]
    assert (list(found.clusters), found.tokens, found.missing) == (["p", "q"], 20, 0)


@pytest.mark.parametrize("status", ["truncated", "empty", "unparsed", "error"])
def test_what_was_not_scored_counts_nothing(file, status):
    for line in ({"item": "b", "repeat": 0, "status": status}, LINE | {"item": "b", "status": status}):
        found = read_scores(file(LINE, line))
        assert found.scores.tolist() == [[1.0], [0.0]]
        assert found.share(status) == 0.5


def test_an_uneven_number_of_repeats_is_missing_answers(file):
    assert read_scores(file(LINE, LINE | {"repeat": 1}, LINE | {"item": "b"})).missing == 1


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (LINE | {"score": 1.5}, "score: Input should be less than or equal to 1"),
        (LINE | {"score": -0.1}, "score: Input should be greater than or equal to 0"),
        ('{"item": "b", "repeat": 0, "score": NaN, "status": "scored"}', "score: Input should be a finite number"),
        (LINE | {"score": "1"}, "score: Input should be a valid number"),
        (LINE | {"score": None}, "expected `score` for a"),
        (LINE | {"status": "done"}, "status"),
        (LINE | {"stauts": "scored"}, "stauts: Extra inputs are not permitted"),
        ({"item": "b", "repeat": 0}, "status: Field required"),
        ('{"item": "b", "rep', "Invalid JSON"),
        ("", "Invalid JSON"),
        (LINE | {"repeat": 1, "cluster": "p"}, "one cluster per item"),
    ],
)
def test_a_bad_line_is_an_error_with_its_number(file, bad, says):
    with pytest.raises(UsageError) as caught:
        read_scores(file(LINE, bad))
    assert says in caught.value.found
    assert caught.value.where.endswith("line 2")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "found none"),
        ([LINE, LINE], "found a repeat 0 twice"),
        ([LINE | {"cluster": "p"}, LINE | {"item": "b"}], "a cluster for every item or for none"),
    ],
)
def test_a_file_that_makes_no_table_is_an_error(file, lines, says):
    with pytest.raises(UsageError, match=says):
        read_scores(file(*lines))


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        read_scores(tmp_path / "nothing.jsonl")


def test_the_store_s_own_lines_are_read(file):
    lines = [
        sample(0, 0, 1.0, completion_tokens=5).model_dump(mode="json"),
        sample(0, 1, 0.0, status="truncated").model_dump(mode="json"),
        sample(1, 0, status="error", scores={}).model_dump(mode="json"),
        sample(1, 1, 1.0).model_dump(mode="json"),
    ]
    found = read_scores(file(*lines))
    assert found.scores.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert found.tokens == 5


def test_a_metric_has_to_be_named_where_there_are_several(file):
    line = sample(scores={"strict": 0.0, "loose": 1.0}).model_dump(mode="json")
    assert read_scores(file(line), "loose").scores.tolist() == [[1.0]]
    with pytest.raises(UsageError, match="name one of strict, loose"):
        read_scores(file(line))
    with pytest.raises(UsageError, match="expected elo, found strict, loose"):
        read_scores(file(line), "elo")


def test_a_metric_on_another_scale_is_brought_to_one(file):
    line = sample(scores={"mt": 5.5}).model_dump(mode="json")
    assert read_scores(file(line), bounds=(1, 10)).scores.tolist() == [[0.5]]
    with pytest.raises(UsageError, match=r"expected mt from 0 to 1, found 5\.5"):
        read_scores(file(line))


def test_a_lenient_twin_of_a_metric_is_kept_beside_it(file):
    lines = [sample(i, scores={"acc": 0.0, "acc_lenient": float(i)}).model_dump(mode="json") for i in (0, 1)]
    found = read_scores(file(*lines))
    assert (found.scores.mean(), found.lenient) == (0.0, 0.5)


def test_seconds_stand_in_for_scores_where_a_latency_is_asked_for(file):
    assert read_scores(file(LINE | {"seconds": 2.5}), timed=True).scores.tolist() == [[2.5]]
    with pytest.raises(UsageError, match="expected `seconds` for a"):
        read_scores(file(LINE), timed=True)


def test_a_byte_order_mark_and_other_line_ends_are_read_over(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(LINE).encode() + b"\r\n")
    assert read_scores(path).scores.tolist() == [[1.0]]


@pytest.mark.parametrize("change", [{"repeat": 2**70}, {"tokens": 10**400}])
def test_numbers_beyond_all_measure_are_errors(file, change):
    with pytest.raises(UsageError, match=next(iter(change))):
        read_scores(file(LINE | change))


def test_repeats_that_are_numbered_anew_for_every_item_are_an_error(file):
    lines = [LINE | {"item": f"i{i}", "repeat": i} for i in range(300)]
    with pytest.raises(UsageError, match="the same repeats for every item"):
        read_scores(file(*lines))


def test_a_logged_answer_that_was_scored_has_its_metric(file):
    lines = [sample(0).model_dump(mode="json"), sample(1, scores={}).model_dump(mode="json")]
    with pytest.raises(UsageError, match="expected acc, found no score"):
        read_scores(file(*lines))


def test_a_logged_error_or_empty_answer_counts_nothing_whatever_it_holds(file):
    for status in ("error", "empty"):
        line = sample(status=status, scores={"acc": 1.0}).model_dump(mode="json")
        assert read_scores(file(line), "acc").scores.tolist() == [[0.0]]


def test_answers_that_were_not_scored_count_nothing_under_either_extractor(file):
    lines = [
        sample(0, status="unparsed", scores={}).model_dump(mode="json"),
        sample(1, scores={"acc": 1.0, "acc_lenient": 1.0}).model_dump(mode="json"),
    ]
    assert read_scores(file(*lines), "acc").lenient == 0.5


def test_a_failed_request_is_not_taken_for_a_quick_one(file):
    with pytest.raises(UsageError, match="expected `seconds`"):
        read_scores(file(LINE | {"seconds": 1.0}, LINE | {"repeat": 1, "status": "error"}), timed=True)
