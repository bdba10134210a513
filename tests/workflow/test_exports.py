"""The verb `export` on the recorded reference runs, and other people's tools on what it writes."""

import hashlib
import json
import subprocess
import sys
import sysconfig
from dataclasses import replace
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
from harness.report.exports import FORMATS, Dataset
from harness.report.third_party import by_claim
from harness.store import RunFolder, Store
from harness.store.whole import write_whole
from harness.verdicts import RunEvidence
from harness.workflow.display import Display
from harness.workflow.exports import export_store, load_dataset, write_export
from harness.workflow.imports import import_logs
from harness.workflow.third_party import third_party_scores
from harness.workflow.verdicts import load_ledger

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


@pytest.fixture(scope="module")
def data(store: Store) -> Dataset:
    return load_dataset(store, prompts=True)


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
    data, tmp_path, every_eval_ever
):
    write_export(data, ["every-eval-ever"], tmp_path / "out")
    reports = validated(every_eval_ever, tmp_path / "out")
    kinds = [report["file_type"] for report in reports]
    assert kinds.count("instance") == len(data.runs)
    assert kinds.count("aggregate") > 100
    assert [report for report in reports if not report["valid"] or report["warnings"]] == []


def test_the_real_validator_passes_texts_that_would_break_a_line(data, tmp_path, every_eval_ever):
    hostile = "\u2028\u2029\x85\x0b\x0c\x1c\x00 </script> \u202e \U0001f600 " + "long " * 1000
    failed = recorded({"item": "a/00000", "repeat": 0, "status": "error", "scores": {}, "text_sha256": hostile})
    scored = failed.model_copy(update={"item": "a/00001", "scores": {"x,strict": 1.0}, "reasoning": hostile})
    run = RunEvidence(data.runs[0].manifest, [failed, scored], data.runs[0].folder)
    write_export(replace(data, runs=[run]), ["every-eval-ever"], tmp_path / "out")
    assert all(report["valid"] for report in validated(every_eval_ever, tmp_path / "out"))
    (lines,) = (tmp_path / "out").rglob("*_samples.jsonl")
    (log,) = read_instances(lines)
    assert {answer.answers[0].text for answer in log.answers} == {f"text {hostile}"}


def test_the_tools_of_lm_eval_and_its_real_converter_read_its_results(data, tmp_path, every_eval_ever):
    written = write_export(data, ["lm-eval"], tmp_path / "out")
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


def test_only_whole_valid_runs_of_released_weights_go_to_model_repositories(data, tmp_path):
    (readme,) = write_export(data, ["huggingface"], tmp_path / "out")
    text = (tmp_path / "out" / readme.path).read_text()
    assert text.count("- `results/runs/") == len(data.runs) == 4
    assert "the weights went through 4 bits" in text


def test_the_hub_library_reads_its_results():
    import yaml

    for path in (project().root / "tests/golden/exports/huggingface").rglob("*.yaml"):
        (entry,) = parse_eval_result_entries(yaml.safe_load(path.read_text()))
        assert (entry.dataset_id, entry.task_id, entry.value) == ("quizzers/quiz", "quiz_all", 50.0)


def test_two_exports_are_byte_identical_and_name_the_hash_of_every_file(store, data, tmp_path):
    once = export_store(store, list(FORMATS), None, tmp_path / "a")
    twice = write_export(data, list(FORMATS), tmp_path / "b")
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


def test_what_others_measured_stands_on_a_lane_of_its_own(tmp_path):
    store, ledger = Store(tmp_path), load_ledger()
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
    (score,) = third_party_scores(store, ledger)
    assert (score.model, score.benchmark, score.score, score.by) == (
        *("smollm2_135m", "ifbench_294", 0.99, "A university (third party)"),
    )
    assert list(store.runs()) == []
    shown = by_claim(ledger.claims, [score])
    assert shown == {"reference-2026-11-22/demo_ifbench/ifbench_294/smollm2_135m": [score]}


def test_an_export_can_be_imported_again(data, tmp_path):
    (run,) = [run for run in data.runs if run.manifest.benchmark == "ifbench_294"]
    write_export(replace(data, runs=[run], claims=[]), ["every-eval-ever"], tmp_path / "out")
    found = import_logs(tmp_path / "out", "auto", tmp_path / "in", Display(quiet=True))
    scores, answers = sorted(found.folders.values(), key=lambda record: record.samples)
    assert (answers.format, answers.model, answers.samples) == ("eee", LIMITED, len(run.samples))
    assert (scores.format, scores.by) == ("eee_aggregate", "K-AI claims harness (third party)")
    assert [score.items for score in scores.reported] == [38, 38]


def test_a_wrong_format_and_a_folder_with_files_are_refused(store, data, tmp_path):
    with pytest.raises(UsageError, match="did you mean parquet"):
        export_store(store, ["parquett"], None, tmp_path / "out")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    with pytest.raises(UsageError, match="does not exist yet"):
        write_export(data, ["bibtex"], tmp_path / "full")


def test_the_verb_prints_what_it_wrote(store, tmp_path):
    arguments = ["export", "bibtex", "claims=smollm2*", f"results={store.root}", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(app, [*arguments, "--json"])
    assert found.exit_code == 0, found.output
    (file,) = json.loads(found.stdout)["files"]
    assert file["path"] == "sources.bib"
    assert "@misc{smollm2-card," in (tmp_path / "out" / "sources.bib").read_text()
