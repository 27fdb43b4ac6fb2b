"""Dialogs: small screens on top of a screen, which give an answer back."""
