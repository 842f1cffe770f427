"""Mutation tests of the permission rules: each mutant breaks one rule, and a test must fail.

Run `make test-mutation`. No file changes: a mutant replaces a row of the policy table or the code of one
function in memory. The authorization matrix runs first. If it does not fail, the tests of that code run in
another process.
"""
