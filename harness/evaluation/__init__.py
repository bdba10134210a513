"""The bridge to lm-eval: its tasks build prompts and score, our code owns requests, log and resume."""
