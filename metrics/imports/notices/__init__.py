"""What is told of an import that has ended, to whom, and in which words."""
