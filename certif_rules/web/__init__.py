"""The workspace in a browser: pages over the services, an audit kept as a journal of events in one file."""
