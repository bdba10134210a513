"""Every command that a page shows is one that works."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from harness.cli import app
from harness.config.settings import Project, load_benchmarks, load_settings, project
from harness.evaluation.items import read_items
from harness.launch.local import in_use, local_cluster
from harness.launch.refusals import REFUSALS, refusal
from harness.serving.failures import RULES, classify
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
    *("check", "facts", "claims", "preflight", "decide", "export", "fit", "import", "items", "models", "rescore"),
    *("serve-command", "plan", "cluster list"),
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
ON_A_CLUSTER = ("submit ", "status ", "logs ", "cancel ", "resume ", "cluster check ")
"""What speaks to Slurm: a page's commands are run one after the other, on a cluster of this machine."""
SESSIONS = sorted({page for page, command in SHOWN if command.startswith(ON_A_CLUSTER)})


def write_responses(folder: Path, verb: str, *arguments: str) -> None:
    """A response file; for `rescore` also what it makes of that, in the folder that the command names."""
    rows = read_items(load_benchmarks(project().configs)["ifbench_294"])
    lines = [{"prompt": row["prompt"], "response": "No."} for row in rows[:3]]
    (folder / "responses.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (folder / "board.json").write_text(json.dumps({"results": {"ifbench": {"acc,none": 0.5}}, "configs": {}}))
    if verb == "rescore" and arguments:
        import_logs(folder / "responses.jsonl", "auto", folder / arguments[0], Display(quiet=True))


@pytest.mark.parametrize(("page", "command"), [c for c in SHOWN if not c[1].startswith(ON_PAPER + ON_A_CLUSTER)])
def test_a_command_on_a_page_names_a_verb_and_valid_settings(page, command):
    verb, *arguments = command.split("#")[0].split()
    assert verb in COMMANDS or verb.startswith("-"), page
    if isinstance(group := COMMANDS.get(verb), typer.core.TyperGroup):
        assert arguments.pop(0) in group.commands, page
    overrides = [a for a in arguments if not a.startswith("-") and "…" not in a]
    load_settings(overrides)


@pytest.mark.parametrize(("page", "command"), [c for c in SHOWN if c[1].startswith(ON_PAPER)])
def test_a_command_that_needs_no_gpu_works_as_shown(page, command, tmp_path, monkeypatch, capsys):
    shutil.copytree(project().configs, tmp_path / "configs")
    for module in ("harness.store.layout", "harness.workflow.verdicts", "harness.workflow.claims"):
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
        "export",
        "fit",
        "import",
        "rescore",
    ):  # named in a sentence, without its arguments
        arguments.append("--help")
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == (3 if "--fail-on" in arguments else 0), (page, found.output, found.exception)


@pytest.fixture(scope="module")
def h200s() -> Iterator[None]:
    """A cluster on which jobs of profile h200x8 fit."""
    with local_cluster("--gpu-type", "h200", "--memory", "2000000") as folder, in_use(folder):
        yield


@pytest.mark.parametrize("page", SESSIONS)
def test_the_commands_of_a_page_work_on_a_cluster_in_their_order(page, h200s, tmp_path):
    shown = [command.split("#")[0] for there, command in SHOWN if there == page]
    session = [shlex.split(text) for text in shown if text.startswith(ON_A_CLUSTER) and "…" not in text]
    follows = any(words[0] not in {"submit", "cluster"} for words in session)
    if follows and not any(words[0] == "submit" and "night" in words for words in session):
        session.insert(0, ["submit", "model=k_exaone_236b", "suite=demo", "cluster=h200x8", "--name", "night"])
    for verb, *shown_words in session:
        words = [word for word in shown_words if word != "--watch"]  # it never ends
        if verb == "submit" and "--rehearse" in words:
            words[words.index("--rehearse")] = "--dry-run"  # a test of its own runs it
        if verb == "submit":
            # Jobs end at once: no weights are fetched.
            words += [f"results={tmp_path}", "cluster.environment.setup=['exit 1']"]
        elif verb != "cluster":
            words += ["--results", str(tmp_path)]
        found = CliRunner().invoke(app, [verb, *words])
        assert found.exit_code == 0, (page, verb, words, found.output, found.exception)


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


def says(page: Path) -> list[tuple[str, str, str]]:
    """The rows of a page's tables: what is said, what it means, what to do."""
    rows = [
        re.split(r" (?<!\\)\| ", line.strip("| \n"))
        for line in page.read_text().splitlines()
        if line.startswith("| ")
    ]
    return [(row[0], row[1], row[2]) for row in rows if len(row) == 3]


TROUBLE = says(ROOT / "docs/troubleshooting.md")


@pytest.mark.parametrize("expected", dict.fromkeys(expected for _, expected, _ in REFUSALS))
def test_every_refusal_of_slurm_has_an_entry_with_its_way_out(expected):
    for said, _, do in TROUBLE:
        errors = [refusal(["sbatch"], message) for message in re.findall(r"`([^`]+)`", said)]
        if any(error.expected == expected for error in errors):
            words = [code.split("=")[0] for code in re.findall(r"`([^`]+)`", do)]
            assert any(word in error.fix for error in errors for word in words), (said, do)
            return
    pytest.fail(f"docs/troubleshooting.md has no message for: {expected}")


@pytest.mark.parametrize("cause", dict.fromkeys(rule.says for rule in RULES))
def test_every_cause_of_a_servers_failure_has_an_entry(cause):
    model = load_settings().model
    messages = [text for said, means, _ in TROUBLE if cause in means for text in re.findall(r"`([^`]+)`", said)]
    assert messages
    assert any(classify(text, 1, model, worked=False).says == cause for text in messages), messages


def test_what_the_harness_tells_people_to_run_is_valid(tmp_path):
    from harness.store import Store
    from harness.workflow.verdicts import decide_all

    told = {v.next.en for v in decide_all(Store(tmp_path), load_ledger()).verdicts.values()}
    told = {text for text in told if text.startswith("harness run")}
    assert told
    for text in told:
        load_settings(text.split()[2:])
