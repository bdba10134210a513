"""The claim ledger: what was published, read from configs/claims/."""
