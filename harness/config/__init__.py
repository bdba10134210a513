"""Hydra's compose API to typed settings; errors name the file, the key and the fix."""

from harness.config.settings import Project, Settings, load_settings, project

__all__ = ["Project", "Settings", "load_settings", "project"]
