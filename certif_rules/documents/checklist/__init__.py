"""What a checklist tells people: to read (``composition``) or on paper (``papier``), of shared ``parties``."""
