import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import HarnessError
from harness.store import RunFolder, SampleLog, read_samples
from tests.examples import sample


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path / "run")


def fill(folder, count):
    with SampleLog(folder) as log:
        for index in range(count):
            log.append(sample(index))


def test_what_was_appended_is_read_back(folder):
    fill(folder, 3)
    assert read_samples(folder.samples) == [sample(index) for index in range(3)]


def test_a_log_that_is_opened_again_knows_what_is_answered(folder):
    fill(folder, 2)
    with SampleLog(folder) as log:
        assert set(log.known) == {("quiz/00000", 0), ("quiz/00001", 0)}
        assert log.read("quiz/00001", 0) == sample(1)
        with pytest.raises(ValueError, match="already"):
            log.append(sample(0))


@given(cut=st.integers(1, 200))
def test_a_torn_last_line_is_cut_off_kept_aside_and_asked_again(tmp_path_factory, cut):
    folder = RunFolder(tmp_path_factory.mktemp("torn") / "run")
    fill(folder, 3)
    whole = folder.samples.read_bytes()
    last = whole.rindex(b"\n", 0, len(whole) - 1) + 1
    cut = min(cut, len(whole) - last - 1)
    folder.samples.write_bytes(whole[:-cut])
    assert len(read_samples(folder.samples)) == 2
    with SampleLog(folder) as log:
        assert log.repaired == 1
        log.append(sample(2))
    assert folder.samples.read_bytes() == whole
    assert folder.samples.with_suffix(".torn").read_bytes() == whole[last:-cut] + b"\n"


def test_a_damaged_line_in_the_middle_is_an_error_with_its_number(folder):
    fill(folder, 2)
    lines = folder.samples.read_text().splitlines(keepends=True)
    folder.samples.write_text(lines[0] + "{}\n" + lines[1])
    for reads in (read_samples, lambda _: SampleLog(folder)):
        with pytest.raises(HarnessError, match="line 2"):
            reads(folder.samples)


def test_what_was_just_appended_can_be_read(folder):
    fill(folder, 2)
    with SampleLog(folder) as log:
        log.append(sample(2))
        assert [log.read(f"quiz/{index:05d}", 0) for index in (2, 0)] == [sample(2), sample(0)]


def test_the_same_repeat_twice_is_an_error(folder):
    fill(folder, 1)
    folder.samples.write_text(folder.samples.read_text() * 2)
    for reads in (read_samples, lambda _: SampleLog(folder)):
        with pytest.raises(HarnessError, match="twice"):
            reads(folder.samples)


def test_a_second_writer_is_kept_out(folder):
    with SampleLog(folder), pytest.raises(HarnessError, match="lock is held"):
        SampleLog(folder)
    with SampleLog(folder):
        pass


def test_a_request_body_is_kept_once(folder):
    with SampleLog(folder) as log:
        log.request("a", "quiz/00000", {"prompt": "1"})
    with SampleLog(folder) as log:
        log.request("a", "quiz/00000", {"prompt": "1"})
        log.request("b", "quiz/00001", {"prompt": "2"})
    assert len(folder.requests.read_text().splitlines()) == 2


def test_no_log_is_no_samples(tmp_path):
    assert read_samples(tmp_path / "none.jsonl") == []
