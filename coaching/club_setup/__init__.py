"""The checklist of a new club: from nothing to the first upload."""
