"""Calendars: what each recipient's carries, what it said last, and the ways out: file, feed and mail."""
