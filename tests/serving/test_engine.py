import socket
import time

import psutil
import pytest

from harness.errors import HarnessError
from harness.machine.ports import HOST
from harness.serving import Engine


def test_an_engine_that_dies_at_its_start_shows_its_command_and_its_words(settings, tmp_path):
    started = time.monotonic()
    with (
        Engine(settings.model, settings.serving, tmp_path / "nowhere", tmp_path / "log") as engine,
        pytest.raises(HarnessError) as caught,
    ):
        engine.wait_healthy()
    text = caught.value.text()
    assert "ended with code 1" in text
    assert "--model " + str(tmp_path / "nowhere") in text
    assert "the weights are not there" in text
    assert "decisive line of the log" in text
    # Detected as soon as it happens: the rest is the engine's own time to import.
    assert time.monotonic() - started < 120


def test_a_taken_port_is_found_before_anything_is_started(settings, checkpoint, tmp_path):
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        serving = settings.serving.model_copy(update={"port": listener.getsockname()[1]})
        with pytest.raises(HarnessError, match="to be free"):
            Engine(settings.model, serving, checkpoint.path, tmp_path / "log")
    assert not (tmp_path / "log").exists()


def test_an_engine_that_starts_but_never_moves_is_given_up(settings, checkpoint, tmp_path):
    serving = settings.serving.model_copy(update={"start_stall_seconds": 2.0})
    with Engine(settings.model, serving, checkpoint.path, tmp_path / "log") as engine:
        tree = psutil.Process(engine.process.pid).children(recursive=True)
        while not tree:
            tree = psutil.Process(engine.process.pid).children(recursive=True)
        for process in tree:
            process.suspend()
        with pytest.raises(HarnessError, match="nothing moved"):
            engine.wait_healthy()
        for process in tree:
            process.resume()
