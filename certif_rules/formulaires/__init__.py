"""Pages that are filled offline, with their scripts: one HTML file, no server, nothing fetched."""
