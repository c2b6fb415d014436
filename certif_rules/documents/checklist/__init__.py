"""What a checklist says to people: on a page (``html``), in a terminal (``table``), on ``papier``."""
