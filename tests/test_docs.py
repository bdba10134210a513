"""Every command that a page shows is one that works."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from harness.cli import app
from harness.config.settings import Project, load_benchmarks, load_settings, project
from harness.evaluation.items import read_items
from harness.workflow.display import Display
from harness.workflow.imports import import_logs
from harness.workflow.verdicts import load_ledger

ROOT = project().root
PAGES = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md"))
    if path.exists()
] + list((ROOT / "results/reference").glob("*.md"))
COMMANDS = typer.main.get_command(app).commands
ON_PAPER = (
    *("check", "facts", "claims", "preflight", "decide", "fit", "import", "items", "models", "rescore"),
    *("serve-command", "plan"),
)
"""Verbs that need no GPU and no server: what a page shows of them is run."""


def code_of(page: Path) -> list[str]:
    """Indented lines and inline code of a page."""
    text = page.read_text()
    return re.findall(r"^ {4}(.+)$", text, re.MULTILINE) + re.findall(r"`([^`\n]+)`", text)


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for line in code_of(page):
            if match := re.match(r"(?:\S*bin/)?harness (\S.*)", line):
                found.append((str(page.relative_to(ROOT)), match.group(1).split(";")[0]))
    return found


SHOWN = commands()


def write_responses(folder: Path, verb: str, *arguments: str) -> None:
    """A response file; for `rescore` also what it makes of that, in the folder that the command names."""
    rows = read_items(load_benchmarks(project().configs)["ifbench_294"])
    lines = [{"prompt": row["prompt"], "response": "No."} for row in rows[:3]]
    (folder / "responses.jsonl").write_text("\n".join(map(json.dumps, lines)))
    if verb == "rescore" and arguments:
        import_logs(folder / "responses.jsonl", "auto", folder / arguments[0], Display(quiet=True))


@pytest.mark.parametrize(("page", "command"), [c for c in SHOWN if not c[1].startswith(ON_PAPER)])
def test_a_command_on_a_page_names_a_verb_and_valid_settings(page, command):
    verb, *arguments = command.split("#")[0].split()
    assert verb in COMMANDS or verb.startswith("-"), page
    overrides = [a for a in arguments if not a.startswith("-") and "…" not in a]
    load_settings(overrides)


@pytest.mark.parametrize(("page", "command"), [c for c in SHOWN if c[1].startswith(ON_PAPER)])
def test_a_command_that_needs_no_gpu_works_as_shown(page, command, tmp_path, monkeypatch, capsys):
    shutil.copytree(project().configs, tmp_path / "configs")
    for module in ("harness.workflow.verdicts", "harness.workflow.claims"):
        monkeypatch.setattr(f"{module}.project", lambda: Project(tmp_path))
    (tmp_path / "claim.yaml").write_text('{id: a, kind: score, value: "73.0"}')
    lines = [{"item": "a1", "repeat": repeat, "score": 1.0, "status": "scored"} for repeat in (0, 1)]
    (tmp_path / "answers.jsonl").write_text("\n".join(map(json.dumps, lines)))
    monkeypatch.chdir(tmp_path)
    if command.startswith(("import", "rescore")):
        write_responses(tmp_path, *command.split())
    arguments = [a for a in shlex.split(command, comments=True) if "…" not in a]
    if arguments[-1] in (
        "show",
        "new",
        "diff",
        "decide",
        "import",
        "rescore",
    ):  # named in a sentence, without its arguments
        arguments.append("--help")
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == (3 if "--fail-on" in arguments else 0), (page, found.output, found.exception)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_make_target_on_a_page_exists(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in code_of(page):
        for target in re.findall(r"\bmake ([a-z]+)", line):
            assert target in targets


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_link_on_a_page_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


def test_what_the_harness_tells_people_to_run_is_valid(tmp_path):
    from harness.store import Store
    from harness.workflow.verdicts import decide_all

    told = {v.next for v in decide_all(Store(tmp_path), load_ledger()).verdicts.values()}
    told = {text for text in told if text.startswith("harness run")}
    assert told
    for text in told:
        load_settings(text.split()[2:])
