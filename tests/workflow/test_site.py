import json
import threading
import urllib.request
from pathlib import Path

from harness.records import Submission
from harness.store import Store
from harness.store.campaigns import campaign_folder
from harness.workflow.site import STATE, records_of, serve_site, write_site
from tests.report.site.material import CAMPAIGN, changed, material


def read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_material_gives_the_same_bytes_whatever_stood_there_before(tmp_path):
    write_site(material(), tmp_path / "new")
    write_site(material(findings=[], claims=material().claims[:2]), tmp_path / "old")
    write_site(material(), tmp_path / "old")
    assert read(tmp_path / "old") == read(tmp_path / "new")


def test_nothing_is_written_when_nothing_changed(tmp_path):
    first = write_site(material(), tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    again = write_site(material(), tmp_path)
    assert (first.pages, again.pages, again.written) == (first.pages, first.pages, 0)
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_one_verdict_writes_the_pages_that_show_it_and_no_others(tmp_path):
    first = write_site(material(), tmp_path)
    before = read(tmp_path)
    built = write_site(changed(material(), {"verdict": "contradicted"}), tmp_path)
    after = read(tmp_path)
    different = {name for name in after if after[name] != before[name]}
    assert {
        "en/claims/card/table/quiz/m.html",
        "ko/index.html",
        "en/models/m.html",
        "en/claims-index.js",
    } <= different
    assert "en/claims/article/closed.html" not in different
    assert len(different - {STATE}) <= built.written < first.written


def test_pages_that_nothing_leads_to_are_removed_and_files_of_others_stay(tmp_path):
    write_site(material(), tmp_path)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "claims.csv").write_text("kept")
    write_site(material(claims=material().claims[:1], findings=[]), tmp_path)
    assert not (tmp_path / "en/claims/article/s.html").exists()
    assert (tmp_path / "exports" / "claims.csv").read_text() == "kept"


def test_one_verdict_draws_the_cards_that_count_it_and_no_others(tmp_path):
    write_site(material(), tmp_path)
    before = read(tmp_path)
    write_site(changed(material(), {"verdict": "contradicted"}), tmp_path)
    after = read(tmp_path)
    drawn = {name for name in after if name.startswith("cards/") and after[name] != before[name]}
    assert drawn == {f"cards/{lang}/{page}.png" for lang in ("en", "ko") for page in ("models/m", "sources/card")}


def test_files_to_download_go_with_what_is_in_them(tmp_path):
    write_site(material(), tmp_path)
    assert (tmp_path / "downloads/lm-eval.zip").exists()
    assert (tmp_path / "feed.xml").exists()
    write_site(material(runs=[]), tmp_path)
    assert not (tmp_path / "downloads/lm-eval.zip").exists()


def test_what_lies_of_a_campaign_is_read_from_its_folder(tmp_path):
    folder = campaign_folder(Store(tmp_path), "trial")
    plan, (told,) = CAMPAIGN.plan, CAMPAIGN.jobs
    folder.write_plan(plan)
    folder.note_submission(
        Submission(name="a", step="serve", jobs=["m"], tasks=[0], script="s", when="2026-11-20T07:00:00+00:00")
    )
    for attempt in told.attempts:
        folder.note_attempt("m", attempt)
    assert told.progress is not None
    folder.write_progress("m", told.progress)
    assert records_of(folder) == CAMPAIGN


def test_after_a_build_that_was_cut_short_everything_is_written_anew(tmp_path):
    first = write_site(material(), tmp_path)
    (tmp_path / "en/index.html").write_text("half a pa")
    (tmp_path / STATE).unlink()
    assert write_site(material(), tmp_path).written == first.written
    assert "half a pa" not in (tmp_path / "en/index.html").read_text()


def test_a_state_that_cannot_be_read_counts_for_nothing(tmp_path):
    first = write_site(material(), tmp_path)
    (tmp_path / STATE).write_text("{")
    assert write_site(material(), tmp_path).written == first.written
    assert json.loads((tmp_path / STATE).read_text())


def test_the_site_is_served_on_this_machine_alone(tmp_path):
    write_site(material(), tmp_path)
    server = serve_site(tmp_path, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert server.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/ko/index.html") as answer:
            assert answer.read() == (tmp_path / "ko/index.html").read_bytes()
    finally:
        server.shutdown()
        server.server_close()
