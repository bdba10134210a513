"""What tests share: one real engine with the small real model for the whole session."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from harness.config.settings import Settings, load_settings
from harness.serving import Checkpoint, Engine, prepare

# Fixtures of Slurm clusters, for the tests of several rooms.
pytest_plugins = ["tests.clusters"]

# How long an example takes says nothing about the code on a machine that does other work beside it.
hypothesis.settings.register_profile("timeless", deadline=None)
hypothesis.settings.load_profile("timeless")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings([f"results={tmp_path_factory.mktemp('results')}"])


@pytest.fixture(scope="session")
def checkpoint(settings: Settings) -> Checkpoint:
    return prepare(settings.model)


@pytest.fixture(scope="session")
def engine(
    settings: Settings, checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    log: Path = tmp_path_factory.mktemp("engine") / "engine.log"
    with Engine(settings.model, settings.serving, checkpoint.path, log) as server:
        server.wait_healthy()
        yield server
