"""Take a published claim about a released model, measure it, and say with evidence how it stands."""

__version__ = "0.1.0"
