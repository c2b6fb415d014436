"""The life of a label: what its rules say around the audit, and the answers drawn from it.

Dates (``calendrier``), applications (``dossier``), durations (``duree``), samples (``echantillon``),
self-assessments (``autodiagnostic``). A checklist needs and imports none of it.
"""
