"""Feeds: a secret address for each recipient, and the files that any web server can serve."""
