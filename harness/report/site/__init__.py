"""The static site: pages in two languages, their JSON twins, what they share."""

from harness.report.site.page import Page
from harness.report.site.render import ASSETS, Renderer
from harness.report.site.shelf import Material
from harness.report.site.site import pages, scripts
from harness.report.site.words import LANGUAGES, Language

__all__ = ["ASSETS", "LANGUAGES", "Language", "Material", "Page", "Renderer", "pages", "scripts"]
