"""What a checklist tells people: to read (``composition``) or on ``papier``, made of shared ``parties``."""
