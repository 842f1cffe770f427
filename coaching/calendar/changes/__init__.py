"""The operations that change a calendar: made, proposed, undone."""
