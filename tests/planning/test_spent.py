import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.planning.spent import covered, spent
from harness.verdicts import RunEvidence
from tests.examples import identity, run, sample

H100 = identity(device="NVIDIA H100 80GB HBM3", engine_args={"tensor-parallel-size": 4})
SPANS = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e4)).map(lambda pair: (pair[0], pair[0] + pair[1])))


def evidence(begin: int, minutes: int, folder: str = "a", replica: int = 0, found=H100) -> RunEvidence:
    """A run of one answer that was under way from minute `begin` on."""
    answer = sample(
        started=f"2026-01-01T0{begin // 60}:{begin % 60:02}:00+00:00", seconds=60 * minutes, replica=replica
    )
    return RunEvidence(run([[1.0]], identity=found).manifest, [answer], folder)


def test_hours_count_for_every_gpu_of_the_server():
    assert spent([evidence(0, 60)]).gpu_hours == pytest.approx(4.0)


def test_two_runs_at_once_on_one_server_count_once():
    assert spent([evidence(0, 60), evidence(30, 60, "b")]).gpu_hours == pytest.approx(6.0)
    assert spent([evidence(0, 60), evidence(30, 60, "b", replica=1)]).gpu_hours == pytest.approx(8.0)


def test_time_between_answers_does_not_count():
    assert spent([evidence(0, 30), evidence(90, 30, "b")]).gpu_hours == pytest.approx(4.0)


def test_a_processor_has_hours_of_its_own_and_other_peoples_servers_have_none():
    here = spent([evidence(0, 60, found=identity())])
    assert (here.gpu_hours, here.processor_hours) == (0.0, pytest.approx(1.0))
    theirs = spent([evidence(0, 60, found=identity(engine="attached", device="unknown"))])
    assert theirs == spent([])


def test_answers_without_a_time_are_passed_over():
    silent = RunEvidence(run([[1.0]], identity=H100).manifest, [sample(started="", seconds=None)], "a")
    assert spent([silent]).gpu_hours == 0.0


@given(SPANS)
def test_cover_lies_between_the_longest_span_and_their_sum(spans):
    lengths = [end - begin for begin, end in spans]
    found = covered(spans)
    assert max(lengths, default=0.0) - 1e-6 <= found <= sum(lengths) + 1e-6
    assert covered([*spans, *spans]) == pytest.approx(found)
    assert covered(reversed(spans)) == found
