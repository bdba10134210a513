"""The command line as a person at a terminal uses it."""

import sys

import pytest

from harness.cli import main


@pytest.fixture
def harness(capsys, monkeypatch):
    """Run the command line in this process; return (exit code, standard output, standard error)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["harness", *arguments])
        monkeypatch.setattr("signal.signal", lambda *_: None)
        with pytest.raises(SystemExit) as caught:
            main()
        found = capsys.readouterr()
        return int(caught.value.code or 0), found.out, found.err

    return run
