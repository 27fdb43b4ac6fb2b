"""What leaves the program: calendars and other files, written whole or not at all."""
