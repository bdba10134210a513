"""The items of CSAT-QA: a passage, a question and five numbered options; the configuration is the field."""

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with the passage before the question."""
    return datasets.Dataset.from_list(
        [
            {
                "question": f"{row['context']}\n\n{row['question']}" if row["context"] else row["question"],
                "options": [row[f"option#{number}"] for number in range(1, 6)],
                "gold": int(row["gold"]) - 1,
                "part": row["part"],
            }
            for row in dataset
        ]
    )
