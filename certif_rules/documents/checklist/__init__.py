"""What a checklist says to people: on a page, in a terminal, on paper."""
