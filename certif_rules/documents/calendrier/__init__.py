"""What a calendar says: ``texte`` for people, ``ics`` for agendas."""
