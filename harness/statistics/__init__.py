"""Pure functions on numbers: intervals, run-to-run noise, equivalence, item selection. No I/O."""
