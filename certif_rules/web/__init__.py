"""The workspace in a browser: pages over the services, an audit kept as a journal of events in one file.

``serveur`` starts it, ``adresses`` lists the pages, which the folder beside answers; ``depot`` keeps what people give.
"""
