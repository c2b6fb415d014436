"""From a request to a checklist, its findings, their conclusion and the report, as values.

It starts in ``demande``; ``lignes`` decides what is due, ``conclusion`` what the findings come to.
"""
