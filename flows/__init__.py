"""Prefect flows: when, how often and how watched. What is done is in ``pipeline``, and all truth in its tables."""
