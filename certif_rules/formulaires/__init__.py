"""Pages that are filled offline, with their scripts: one HTML file, no server, nothing fetched.

They start in ``checklist`` and ``autodiagnostic``, on the frame of ``page``.
"""
