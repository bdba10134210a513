"""What printed numbers count or measure; a unit that is not here is taken for a typing slip."""

COUNTED = frozenset(
    {
        "abilities",
        "agents",
        "benchmarks",
        "cities",
        "countries",
        "data kinds",
        "derived models",
        "experts",
        "fields",
        "GPUs",
        "grade",
        "languages",
        "modalities",
        "models",
        "modes",
        "organisations",
        "projects",
        "rank",
        "sites",
        "sizes",
        "stages",
        "teams",
        "units",
    }
)
"""Things that come in whole numbers and are printed exactly."""

SCORES = frozenset(
    {"percent", "points", "percentage points", "fraction", "index points", "elo", "mean opinion score"}
)
"""Units of the cells of a table."""

UNITS = (
    COUNTED
    | SCORES
    | frozenset(
        {
            "cosine",
            "date",
            "days",
            "downloads",
            "floating-point operations",
            "gigabytes",
            "layers per global layer",
            "milliseconds",
            "minutes",
            "months",
            "parameters",
            "percent of data",
            "percent reduction",
            "points apart",
            "points below",
            "seconds",
            "text",
            "times",
            "times, as worded",
            "tokens",
            "top percent",
            "users",
            "weeks",
            "won",
        }
    )
)
"""Every unit a claim may have."""
