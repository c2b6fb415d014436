"""The workspace in a browser: pages over the services, an audit kept as a journal of events in one file.

``serveur`` starts it, ``adresses`` lists the pages, a module a step; ``depot`` keeps what people give.
"""
