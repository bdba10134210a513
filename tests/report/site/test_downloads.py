import io
import json
import zipfile
from xml.etree import ElementTree as Xml

import pyarrow.parquet

from harness.records.site import SiteSettings
from harness.report.exports.feed import ATOM
from harness.report.site import downloads, listed
from tests.report.site.material import HIDDEN, SETTINGS, changed, material, site

FILES = {file.path: file.content for file in downloads(material())}


def contents(files: dict[str, bytes]) -> str:
    """All text that a reader of the files would find, out of archives and columns."""
    found = []
    for path, content in files.items():
        if path.endswith(".zip"):
            archive = zipfile.ZipFile(io.BytesIO(content))
            found += [archive.read(name).decode() for name in archive.namelist()]
        elif path.endswith(".parquet"):
            found.append(str(pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()))
        else:
            found.append(content.decode())
    return "".join(found)


def test_the_data_set_is_there_in_every_format_that_holds_anything():
    assert {"feed.xml", "downloads/csv/claims.csv", "downloads/parquet/samples.parquet"} <= FILES.keys()
    assert {
        "downloads/bibtex/sources.bib",
        "downloads/huggingface.zip",
        "downloads/lm-eval.zip",
    } <= FILES.keys()
    assert "downloads/lm-eval.zip" not in {file.path for file in downloads(material(runs=[]))}


def test_the_same_material_gives_the_same_bytes():
    assert {file.path: file.content for file in downloads(material())} == FILES


def test_texts_that_may_not_be_passed_on_are_in_no_file():
    assert HIDDEN not in contents(FILES)
    shown = {file.path: file.content for file in downloads(material(text=HIDDEN))}
    assert HIDDEN in contents(shown)  # the same text where it may


def test_the_data_page_links_every_file_with_its_size():
    told = [file for group in listed(downloads(material())) for file in group["files"]]
    page = site(material())["ko/data.html"]
    for file in told:
        assert f'href="../{file["path"]}"' in page
        assert file["bytes"] == len(FILES[file["path"]])


def test_the_feed_leads_to_the_pages_of_the_claims():
    def links(settings: SiteSettings) -> set[str]:
        found = changed(material(settings=settings), {"newest": "2026-11-20T00:00:00+00:00"})
        (content,) = (file.content for file in downloads(found) if file.path == "feed.xml")
        return {
            link.attrib["href"] for link in Xml.fromstring(content).iterfind(f".//{{{ATOM}}}entry/{{{ATOM}}}link")
        }

    page = "en/claims/card/table/quiz/m.html"
    assert links(SETTINGS) == {f"https://example.org/site/{page}"}
    assert links(SETTINGS.model_copy(update={"address": None})) == {page}


def test_every_page_names_the_feed():
    pages = site(material())
    assert 'type="application/atom+xml"' in pages["en/index.html"]
    assert 'href="../../feed.xml"' in pages["ko/models/m.html"]
    assert json.loads(pages["data/data.json"])["exports"]
