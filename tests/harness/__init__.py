"""Harnesses that kill, cut and starve the program, and the checks that must hold afterwards."""
