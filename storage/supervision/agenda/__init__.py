"""The agenda of a supervision, read from the caseload."""
