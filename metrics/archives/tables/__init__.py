"""Read tables of activities: CSV with any delimiter, numbers and dates of many languages, names of sports."""
