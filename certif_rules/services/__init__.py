"""Application services: what commands, and any other front end, share. A front end never computes."""
