"""The items of AIME 2025 in Korean: the translation stands beside the English problem, or in its place."""

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the Korean problems with their answers as text."""
    return datasets.Dataset.from_list(
        [
            {"question": row.get("problem_ko") or row["problem"], "answer": str(row["answer"]).strip()}
            for row in dataset
        ]
    )
