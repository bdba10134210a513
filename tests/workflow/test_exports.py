"""The verb `export` on the recorded reference runs, and other people's tools on what it writes."""

import hashlib
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from huggingface_hub import parse_eval_result_entries
from lm_eval.utils import get_results_filenames, make_table
from typer.testing import CliRunner

from harness.cli import app
from harness.config.settings import project
from harness.errors import UsageError
from harness.evaluation.imports.aggregates import read_lm_eval
from harness.evaluation.imports.every_eval_ever import read as read_instances
from harness.records import Import, LogFile, Manifest, ReportedScore, Request, Sample
from harness.report.exports import FORMATS
from harness.store import RunFolder, Store
from harness.store.whole import write_whole
from harness.workflow.display import Display
from harness.workflow.exports import export_to, load_dataset
from harness.workflow.imports import import_logs
from harness.workflow.verdicts import decide_all, load_ledger

VALIDATOR = "every-eval-ever==0.3.0"
LIMITED = "HuggingFaceTB/SmolLM2-135M-Instruct"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with the recorded reference runs, as far as they are recorded: scores, no texts."""
    found = Store(tmp_path_factory.mktemp("recorded") / "results")
    for path in sorted((project().root / "results/reference").glob("*/*.manifest.json")):
        manifest = Manifest.model_validate_json(path.read_text())
        lines = path.with_name(path.name.replace("manifest.json", "scores.jsonl")).read_text().splitlines()
        write_whole(found.run(manifest.identity), manifest, [recorded(json.loads(line)) for line in lines], {})
    return found


def recorded(line: dict) -> Sample:
    kept = {name: value for name, value in line.items() if name != "text_sha256"}
    words = {"text": f"text {line['text_sha256']}", "request": Request(sha256="0", prompt_tokens=1)}
    return Sample.model_validate({**kept, **words, "started": "2026-11-22T01:00:00.000+00:00", "seconds": 1.0})


@pytest.fixture(scope="session")
def every_eval_ever(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own command, in an environment of its own that lends the libraries of ours.

    Its metadata asks for Python 3.12; its validator runs on 3.11.
    """
    home = tmp_path_factory.mktemp("every_eval_ever")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    (site,) = home.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--ignore-requires-python", VALIDATOR], check=True)
    return home / "bin" / "every_eval_ever"


def validated(command: Path, folder: Path) -> list[dict]:
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("data/**/*")) if path.is_file()]
    found = subprocess.run(
        [command, "validate", "--format", "json", *files], cwd=folder, capture_output=True, text=True, check=False
    )
    return json.loads(found.stdout)


def test_the_real_validator_passes_every_record_of_the_reference_runs_and_the_ledger(
    store, tmp_path, every_eval_ever
):
    export_to(store, ["every-eval-ever"], None, tmp_path / "out")
    reports = validated(every_eval_ever, tmp_path / "out")
    kinds = [report["file_type"] for report in reports]
    assert kinds.count("instance") == len(list(store.runs()))
    assert kinds.count("aggregate") > 100
    assert [report for report in reports if not report["valid"] or report["warnings"]] == []


def test_the_real_validator_passes_texts_that_would_break_a_line(tmp_path, every_eval_ever, store):
    folder = next(iter(store.runs()))
    hostile = "\u2028\u2029\x85\x0b\x0c\x1c\x00 </script> \u202e \U0001f600 " + "long " * 1000
    samples = [recorded({"item": "a/00000", "repeat": 0, "status": "error", "scores": {}, "text_sha256": hostile})]
    other = Store(tmp_path / "results")
    manifest = folder.read_manifest()
    scored = samples[0].model_copy(update={"item": "a/00001", "scores": {"x,strict": 1.0}, "reasoning": hostile})
    write_whole(other.run(manifest.identity), manifest, [*samples, scored], {})
    export_to(other, ["every-eval-ever"], "gemma3_270m", tmp_path / "nothing")
    export_to(other, ["every-eval-ever"], manifest.identity.model, tmp_path / "out")
    assert all(report["valid"] for report in validated(every_eval_ever, tmp_path / "out"))
    (lines,) = (tmp_path / "out").rglob("*_samples.jsonl")
    (log,) = read_instances(lines)
    assert {answer.answers[0].text for answer in log.answers} == {f"text {hostile}"}


def test_the_tools_of_lm_eval_and_its_real_converter_read_its_results(store, tmp_path, every_eval_ever):
    written = export_to(store, ["lm-eval"], "smollm2_135m", tmp_path / "out")
    paths = [str(tmp_path / "out" / file.path) for file in written]
    assert get_results_filenames(paths) == paths
    for path in paths:
        table = make_table(json.loads(Path(path).read_text()))
        (log,) = read_lm_eval(Path(path))
        assert log.model == LIMITED
        assert f"|{log.task}" in table
        assert all(f"{score.score:.4f}" in table for score in log.reported)
    convert = [every_eval_ever, "convert", "lm_eval", "--log_path", tmp_path / "out"]
    convert += ["--output_dir", tmp_path / "data", "--source_organization_name", "us"]
    subprocess.run(convert, check=True, capture_output=True)
    assert len(list((tmp_path / "data").rglob("*.json"))) == len(paths)


def test_only_whole_valid_runs_of_released_weights_go_to_model_repositories(store, tmp_path):
    (readme,) = export_to(store, ["huggingface"], None, tmp_path / "out")
    text = (tmp_path / "out" / readme.path).read_text()
    assert text.count("- `results/runs/") == len(list(store.runs()))
    assert "the weights went through 4 bits" in text


def test_the_hub_library_reads_its_results():
    import yaml

    for path in (project().root / "tests/golden/exports/huggingface").rglob("*.yaml"):
        (entry,) = parse_eval_result_entries(yaml.safe_load(path.read_text()))
        assert (entry.dataset_id, entry.task_id, entry.value) == ("quizzers/quiz", "main", 50.0)


def test_two_exports_are_byte_identical_and_name_the_hash_of_every_file(store, tmp_path):
    once, twice = (export_to(store, list(FORMATS), "smollm2*", tmp_path / name) for name in ("a", "b"))
    assert once == twice
    for file in once:
        content = (tmp_path / "a" / file.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    assert {file.path.split("/")[0] for file in once} == set(FORMATS)


def test_a_pattern_narrows_claims_and_runs_alike(store):
    data = load_dataset(store, "reference-2026-11-22/demo_ifbench/*")
    assert len(data.claims) == 1
    assert {run.manifest.benchmark for run in data.runs} == {"ifbench_294"}
    assert data.verdicts.keys() == {claim.id for claim in data.claims}


def test_what_others_measured_stands_on_a_lane_of_its_own(store, tmp_path):
    before = decide_all(store, load_ledger()).verdicts
    reported = [ReportedScore(metric="acc", score=0.99, items=294)]
    record = Import(
        format="eee_aggregate",
        files=[LogFile(name="a.json", sha256="0" * 64)],
        task="IFBench (294 items)",
        model=LIMITED,
        items=0,
        samples=0,
        by="A university (third party)",
        reported=reported,
    )
    folder = RunFolder(store.root / "imports" / "board" / "ifbench" / record.key)
    write_whole(folder, record, [], {})
    after = load_dataset(store)
    (score,) = after.third_party
    assert (score.model, score.benchmark, score.score, score.by) == (
        *("smollm2_135m", "ifbench_294", 0.99, "A university (third party)"),
    )
    assert {name: verdict.verdict for name, verdict in after.verdicts.items()} == {
        name: verdict.verdict for name, verdict in before.items()
    }
    assert len(after.runs) == len(list(store.runs()))


def test_an_export_can_be_imported_again(store, tmp_path):
    export_to(store, ["every-eval-ever"], "reference-2026-11-22/demo_ifbench/*", tmp_path / "out")
    found = import_logs(tmp_path / "out", "auto", tmp_path / "in", Display(quiet=True))
    kinds = {record.format: record for record in found.folders.values() if record.model == LIMITED}
    assert kinds["eee"].samples == 304
    assert kinds["eee_aggregate"].by in ("K-AI claims harness (third party)",) or kinds["eee_aggregate"].reported


def test_a_wrong_format_and_a_folder_with_files_are_refused(store, tmp_path):
    with pytest.raises(UsageError, match="did you mean parquet"):
        export_to(store, ["parquett"], None, tmp_path / "out")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    with pytest.raises(UsageError, match="does not exist yet"):
        export_to(store, ["bibtex"], None, tmp_path / "full")


def test_the_verb_prints_what_it_wrote(store, tmp_path):
    arguments = ["export", "bibtex", "claims=smollm2*", f"results={store.root}", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(app, [*arguments, "--json"])
    assert found.exit_code == 0, found.output
    (file,) = json.loads(found.stdout)["files"]
    assert file["path"] == "sources.bib"
    assert "@misc{smollm2-card," in (tmp_path / "out" / "sources.bib").read_text()
