"""Plans while somebody writes them, without Django.

* `draft`: the sessions of a plan as values, and what can be done with its weeks
* `line_entry`: reads a session from one line, such as "15' + 6×1 km Z4 90s + 10'"
* `line_text`: writes such a line
* `scaling`: makes a session longer or shorter
* `totals`: time, distance, load and the easy share of each week
"""
