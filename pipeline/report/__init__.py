"""What a run did, in words and numbers: for the terminal, for Prefect and for machines."""
