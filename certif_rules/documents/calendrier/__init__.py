"""What a calendar says: ``terminal`` for people, ``ics`` for agendas."""
