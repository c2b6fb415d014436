"""What the plan of an audit says: ``composition``."""
