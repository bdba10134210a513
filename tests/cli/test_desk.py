"""The verbs that need no GPU, as a person at a terminal uses them."""

import json
import shutil
import subprocess
import sys

import pytest

from harness.config.settings import Project, project


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """A copy of the project's configs that a test may spoil."""
    shutil.copytree(project().configs, tmp_path / "configs")
    for module in ("harness.workflow.verdicts", "harness.workflow.claims"):
        monkeypatch.setattr(f"{module}.project", lambda: Project(tmp_path))
    return tmp_path / "configs" / "claims"


class TestCheck:
    def test_findings_are_results_not_failures(self, harness):
        code, out, _ = harness("check")
        assert code == 0
        assert "contradicted" in out

    def test_the_data_has_the_documented_shape(self, harness):
        code, out, _ = harness("check", "--json")
        report = json.loads(out)
        assert code == 0
        assert set(report) == {"sources", "claims", "by_kind", "by_lane", "findings"}
        assert {
            "id",
            "check",
            "claims",
            "claimed",
            "recomputed",
            "verdict",
            "severity",
            "evidence",
            "arithmetic",
        } <= set(report["findings"][0])
        assert sum(report["by_kind"].values()) == report["claims"]

    def test_a_severity_to_fail_on_exits_3(self, harness):
        assert harness("check", "--json", "--fail-on", "major")[0] == 3

    def test_nothing_as_grave_exits_0(self, harness):
        assert harness("check", "--json", "claims=gemma3_270m", "--fail-on", "major")[0] == 0

    def test_a_selection_keeps_what_touches_a_model(self, harness):
        report = json.loads(harness("check", "--json", "claims=vaetki_100b")[1])
        assert 0 < report["claims"] < 60
        shown = json.loads(harness("claims", "show", "vaetki_100b", "--json")[1])
        wanted = {claim["id"] for claim in shown["claims"]}
        assert report["findings"]
        assert all(wanted & set(found["claims"]) for found in report["findings"])

    def test_the_checks_are_listed_with_what_they_can_and_cannot_show(self, harness):
        listed = json.loads(harness("check", "--list", "--json")[1])["checks"]
        assert {"ratio_from_rows", "grim", "statement_against_facts"} <= {check["name"] for check in listed}
        assert all(check["shows"] and check["cannot_show"] for check in listed)

    def test_pull_requests_get_annotations_at_file_and_line(self, harness):
        first = harness("check", "--format", "github")[1].splitlines()[0]
        assert first.startswith("::error file=configs/claims/")
        assert ",line=" in first

    def test_an_invalid_ledger_exits_2_and_names_every_line(self, harness, ledger):
        card = ledger / "smollm2_135m" / "model_card.yaml"
        card.write_text(card.read_text().replace('"40.9"', "40.9").replace("piqa:", "piqua:"))
        code, out, err = harness("check", "--format", "github")
        assert code == 2
        assert "model_card.yaml:30" in err
        assert err.count("; fix: ") == 2
        assert out.count("::error file=configs/claims/smollm2_135m/model_card.yaml,line=") == 2

    def test_a_pattern_that_fits_nothing_exits_2_with_the_nearest(self, harness):
        code, _, err = harness("check", "claims=k_exaone_236")
        assert code == 2
        assert "k_exaone_236b" in err


class TestFacts:
    def test_the_data_has_the_documented_keys(self, harness):
        found = json.loads(harness("facts", "model=a_x_k1", "--json")[1])
        assert found["parameters_total"] == 518_983_059_456
        assert {"parameters_active", "kv_cache_bytes_per_token", "weights_bytes"} <= set(found)
        assert found["weights_bytes"]["bfloat16"] > 2 * found["parameters_total"]

    def test_people_get_a_table_with_the_counting_rule(self, harness):
        out = harness("facts", "model=k_exaone_236b", "context=131072")[1]
        assert "236,571,150,336" in out
        assert "at 131,072 tokens" in out
        assert "counting:" in out

    def test_unpublished_sizes_are_named_and_not_computed(self, harness):
        found = json.loads(harness("facts", "model=vaetki_100b", "--json")[1])
        assert found["parameters_active"] is None
        assert found["unpublished"]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["model=a_x_k2"], "a_x_k1"),
            ([], "configs/model/"),
            (["modle=a_x_k1"], "did you mean model"),
            (["model=a_x_k1", "context=long"], "whole number"),
        ],
    )
    def test_wrong_use_exits_2_and_says_what_is_right(self, harness, arguments, words):
        code, _, err = harness("facts", *arguments)
        assert code == 2
        assert words in err

    def test_no_framework_is_loaded(self):
        script = (
            "import sys; sys.argv = ['harness', 'facts', 'model=a_x_k1', '--json']\n"
            "from harness.cli import main\n"
            "try:\n    main()\nexcept SystemExit:\n    pass\n"
            "print(sorted({'torch', 'transformers', 'vllm'} & set(sys.modules)), file=sys.stderr)"
        )
        found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert found.stderr.strip() == "[]"


class TestClaims:
    def test_a_clean_ledger_lints(self, harness):
        code, out, _ = harness("claims", "lint")
        assert (code, out.strip().endswith("no errors")) == (0, True)

    def test_one_claim_is_shown_in_full_with_its_findings(self, harness):
        out = harness("claims", "show", "solar-open-report/so-t1")[1]
        assert "73.0 − 72.7" in out
        assert "configs/claims/solar_open_100b/report.yaml" in out.replace("\n", "")

    def test_several_claims_are_listed(self, harness):
        found = json.loads(harness("claims", "show", "*/kobalt/k_exaone_236b", "--json")[1])
        assert {claim["benchmark"] for claim in found["claims"]} == {"kobalt"}

    def test_what_changed_between_revisions_is_told(self, harness):
        out = harness("claims", "diff", "k-exaone-readme-2026-02-06", "--json")[1]
        changes = {change["name"]: change for change in json.loads(out)["changes"]}
        assert changes["gpqa_diamond k_exaone_236b thinking"]["older"] == "80.0"
        assert changes["gpqa_diamond k_exaone_236b thinking"]["newer"] == "79.1"

    def test_a_source_without_a_predecessor_says_how_to_name_one(self, harness):
        code, _, err = harness("claims", "diff", "solar-open-report")
        assert code == 2
        assert "harness claims diff NEWER OLDER" in err

    def test_a_new_file_is_valid_and_resolves_names_as_printed(self, harness, ledger):
        arguments = ["my-card", "--of", "smollm2_135m", "--rows", "KMMLU-Pro", "--rows", "ifeval"]
        code, out, _ = harness("claims", "new", *arguments)
        path = ledger / "smollm2_135m" / "my_card.yaml"
        assert code == 0
        assert str(path) in out
        assert "kmmlu_pro: {smollm2_135m: null}" in path.read_text()
        assert harness("claims", "lint")[0] == 0

    def test_a_new_file_never_replaces_one(self, harness, ledger):
        harness("claims", "new", "my-card", "--of", "smollm2_135m")
        code, _, err = harness("claims", "new", "my-card", "--of", "smollm2_135m")
        assert code == 2
        assert "exists" in err

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["solar-open-report", "--of", "smollm2_135m"], "solar-open-report exists"),
            (["../../../zz", "--of", "smollm2_135m"], "id:"),
            (["my-card", "--of", "smollm2_135m", "--kind", "card"], "kind:"),
        ],
    )
    def test_a_source_that_cannot_be_writes_nothing(self, harness, ledger, arguments, words):
        before = sorted(ledger.rglob("*"))
        code, _, err = harness("claims", "new", *arguments)
        assert code == 2
        assert words in err
        assert sorted(ledger.rglob("*")) == before

    def test_an_unknown_benchmark_is_named_with_the_nearest(self, harness, ledger):
        code, _, err = harness("claims", "new", "my-card", "--of", "smollm2_135m", "--rows", "kmmlu_por")
        assert code == 2
        assert "kmmlu_pro" in err
        assert not (ledger / "smollm2_135m" / "my_card.yaml").exists()
