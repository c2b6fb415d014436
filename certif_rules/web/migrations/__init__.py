"""The history of the tables; squashed while nothing was published."""
