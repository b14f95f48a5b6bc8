"""News pages fetched politely and safely, and archived as WARC files that a run then cleans."""
