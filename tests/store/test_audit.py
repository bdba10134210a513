import pytest

from harness.errors import HarnessError
from harness.store import Store
from tests.report.site.material import AUDIT


def test_error_rates_are_read_as_they_were_written(tmp_path):
    store = Store(tmp_path)
    assert store.read_audit() is None
    store.write_audit(AUDIT)
    assert store.read_audit() == AUDIT


def test_error_rates_of_an_earlier_version_are_refused_with_what_mends_them(tmp_path):
    (tmp_path / "audit.json").write_text('{"rule": "1.0"}')
    with pytest.raises(HarnessError, match="harness audit"):
        Store(tmp_path).read_audit()
