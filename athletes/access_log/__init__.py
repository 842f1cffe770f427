"""What an athlete reads in the access log: who looked at their data. `athletes.looks` writes it."""
