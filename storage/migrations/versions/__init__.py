"""One file for each step of the schema, numbered; the number is the format written into the file."""
