"""The life of a label: what its rules say around the audit, and the answers drawn from it.

Dates, applications, durations, samples, self-assessments. A checklist needs and imports none of it.
"""
