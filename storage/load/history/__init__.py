"""What loads were, are booked to be and came to differ by; the history of points; concerns over weeks."""
