"""Widgets of our own. None of them knows the application class."""
