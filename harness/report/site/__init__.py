"""The static site: pages in two languages, their JSON twins, what they share."""

from harness.report.site.cards import Faces, faces, png
from harness.report.site.downloads import downloads, listed
from harness.report.site.page import Page
from harness.report.site.render import ASSETS, Renderer, card_path
from harness.report.site.shelf import CampaignRecords, JobRecords, Material
from harness.report.site.site import pages, scripts
from harness.report.site.words import LANGUAGES, Language

__all__ = [
    "ASSETS",
    "LANGUAGES",
    "CampaignRecords",
    "Faces",
    "JobRecords",
    "Language",
    "Material",
    "Page",
    "Renderer",
    "card_path",
    "downloads",
    "faces",
    "listed",
    "pages",
    "png",
    "scripts",
]
