"""The list of everything that falls due: its columns, filter, groups and strip of weeks."""
