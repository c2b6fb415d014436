"""The plan of an audit."""
