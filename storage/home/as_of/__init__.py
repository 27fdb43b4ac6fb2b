"""The records as they had been recorded by the end of an earlier day."""
