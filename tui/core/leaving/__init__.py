"""Staying and leaving: one thing at a time, what is not saved yet, and signals that ask the program to go."""
