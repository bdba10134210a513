"""The items of KorMedMCQA: five lettered columns, the answer a number from 1; the configuration is the exam."""

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with their options as a list and the right one's index."""
    return datasets.Dataset.from_list(
        [
            {
                "question": row["question"],
                "options": [row[letter] for letter in "ABCDE"],
                "gold": int(row["answer"]) - 1,
                "part": row["part"],
            }
            for row in dataset
        ]
    )
