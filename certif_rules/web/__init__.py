"""The workspace in a browser: pages over the services, an audit kept as a journal of events in one file.

``serveur`` starts it, ``adresses`` lists its pages, ``adresses`` answers them, ``depot`` keeps what people give.
"""
