"""The static site: claims, measured values with intervals, verdicts, and the samples they rest on."""
