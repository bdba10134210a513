"""The hub's own client against a small hub on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.errors import HarnessError
from harness.records import FolderOrigin, HubOrigin
from harness.store.describe import hub_files
from harness.store.held import held
from harness.store.hub import hub_cache, reach

MODELS = {"free/model": (False, 200), "gated/ours": ("auto", 200), "gated/theirs": ("manual", 403)}
"""Gated or not, and what the hub answers to who asks for access."""


COMMIT = "0123456789012345678901234567890123456789"
FILES = {"config.json": '{"model_type": "qwen3"}', "README.md": "---\nlicense: mit\n---\n"}


class Hub(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        if "/resolve/" in self.path:
            self.file(FILES.get(self.path.rsplit("/", 1)[-1]))
            return
        name = self.path.split("?")[0].removeprefix("/api/models/").removesuffix("/auth-check")
        gated, access = MODELS.get(name, (False, 404))
        code = access if self.path.endswith("/auth-check") or access == 404 else 200
        said = {"id": name, "modelId": name, "gated": gated, "siblings": [], "tags": [], "sha": COMMIT}
        said["safetensors"] = {"parameters": {"BF16": 1234}, "total": 1234}
        body = json.dumps(said).encode()
        self.send_response(code)
        if code != 200:
            self.send_header("X-Error-Code", "GatedRepo" if code == 403 else "RepoNotFound")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def file(self, text):
        body = (text or "").encode()
        self.send_response(404 if text is None else 200)
        if text is None:
            self.send_header("X-Error-Code", "EntryNotFound")
        self.send_header("ETag", f'"{len(body)}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(monkeypatch, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", url)
    template = f"{url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    yield server
    server.shutdown()


def origin(name: str) -> HubOrigin:
    return HubOrigin(hub=name, revision="unpinned")


def test_open_and_granted_weights_can_be_fetched(hub):
    assert reach(origin("free/model")) == "open to everybody"
    assert reach(origin("gated/ours")) == "gated, and open to this token"


@pytest.mark.parametrize(("name", "found"), [("gated/theirs", "gated"), ("no/such", "no such model")])
def test_weights_that_need_terms_or_a_token_say_where_to_get_them(hub, name, found):
    with pytest.raises(HarnessError) as caught:
        reach(origin(name))
    assert found in caught.value.found
    assert "hf auth login" in caught.value.fix
    assert f"huggingface.co/{name}" in caught.value.fix


def test_without_a_network_the_way_over_another_machine_is_told(hub):
    hub.server_close()
    hub.shutdown()
    with pytest.raises(HarnessError) as caught:
        reach(HubOrigin(hub="free/model", revision="abc"))
    assert "cannot be reached" in caught.value.found
    assert "hf download free/model --revision abc" in caught.value.fix


def test_offline_by_its_own_setting_is_said(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(HarnessError, match="HF_HUB_OFFLINE is set"):
        reach(origin("free/model"))


def test_the_small_files_of_a_model_come_with_its_commit_and_the_size_of_its_tensors(hub):
    described, commit, stored = hub_files("free/model")
    assert (commit, stored) == (COMMIT, 1234)
    assert described.config == {"model_type": "qwen3"}
    assert described.card == FILES["README.md"]
    assert (described.generation, described.template) == ({}, None)


def test_small_files_of_a_model_that_does_not_exist_are_an_error_with_a_way_out(hub):
    with pytest.raises(HarnessError, match="check the name"):
        hub_files("no/such")


class TestWhatIsHere:
    @pytest.fixture
    def snapshot(self, hub):
        repository = hub_cache() / "models--free--model"
        folder = repository / "snapshots" / "abc"
        folder.mkdir(parents=True)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("abc")
        (folder / "config.json").write_text("{}")
        return folder

    def test_a_snapshot_is_here_once_it_lacks_no_weight_file(self, snapshot):
        index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
        (snapshot / "model.safetensors.index.json").write_text(json.dumps(index))
        (snapshot / "model-1.safetensors").write_text("")
        assert held(origin("free/model"), None) is None
        (snapshot / "model-2.safetensors").write_text("")
        assert held(origin("free/model"), None) == snapshot
        assert held(HubOrigin(hub="free/model", revision="other"), None) is None

    def test_weights_in_one_file_need_no_index(self, snapshot):
        assert held(origin("free/model"), None) is None
        (snapshot / "model.safetensors").write_text("")
        assert held(origin("free/model"), None) == snapshot

    def test_a_folder_is_here_when_it_exists(self, tmp_path):
        assert held(FolderOrigin(folder=str(tmp_path)), None) == tmp_path
        assert held(FolderOrigin(folder="set", root="data"), tmp_path) is None
        assert held(FolderOrigin(folder="set", root="data"), None) is None
