from concurrent.futures import ThreadPoolExecutor

from harness.store.throughput import note_throughput, read_throughput
from tests.examples import throughput


def test_lines_come_back_as_they_were_written(tmp_path):
    table = tmp_path / "results" / "throughput.jsonl"
    lines = [throughput(answers=n) for n in (1, 2)]
    for line in lines:
        note_throughput(table, line)
    assert read_throughput([table, tmp_path / "missing.jsonl"]) == lines


def test_a_torn_line_costs_itself_only(tmp_path):
    table = tmp_path / "throughput.jsonl"
    note_throughput(table, throughput(answers=1))
    whole = table.read_bytes()
    for cut in range(len(whole)):
        table.write_bytes(whole + whole[:cut])
        note_throughput(table, throughput(answers=2))
        found = [line.answered[0].answers for line in read_throughput([table])]
        assert found in ([1, 2], [1, 1, 2])
        assert cut < len(whole) - 1 or found == [1, 1, 2]


def test_lines_of_another_version_and_bytes_that_are_no_text_are_passed_over(tmp_path):
    table = tmp_path / "throughput.jsonl"
    table.write_bytes(b'{"schema_version": 2}\n\xff\xfe\n[]\n\n')
    note_throughput(table, throughput())
    assert read_throughput([table]) == [throughput()]


def test_several_jobs_write_whole_lines(tmp_path):
    table = tmp_path / "throughput.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: note_throughput(table, throughput(answers=n)), range(1, 65)))
    assert sorted(line.answered[0].answers for line in read_throughput([table])) == list(range(1, 65))
