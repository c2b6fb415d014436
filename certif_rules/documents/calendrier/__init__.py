"""What a calendar says, as text and for agendas."""
