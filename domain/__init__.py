"""What supervision and caseloads are: no files, no database, no clock."""
