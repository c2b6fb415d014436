"""What an audit report and its non-conformity sheets say, chapter by chapter."""
