"""Mutants: the rules of who sees what, each broken in one place at a time; the tests must notice every one.

`make test-mutation`. Nothing is written into the tree: a row of the policy table is exchanged, or the code of
one function, while the authorization matrix asks; what it lets pass is asked again by the tests of that code,
in another process.
"""
