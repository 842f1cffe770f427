"""The calendar: what is planned and done on each day, and the operations that change it."""
