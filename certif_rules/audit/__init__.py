"""From a request to a checklist, its findings, their conclusion and the report, as values."""
