import yaml

import harness
from harness.config.settings import project


def test_the_citation_names_this_version_and_its_licence():
    found = yaml.safe_load((project().root / "CITATION.cff").read_text())
    assert found["version"] == harness.__version__
    assert f'license = "{found["license"]}"' in (project().root / "pyproject.toml").read_text()
    assert {"cff-version", "message", "title", "authors"} <= found.keys()
