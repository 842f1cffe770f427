"""Lists and series as CSV or NDJSON, by the Accept header.

media_types   which format the caller asks for
columns       a table: its rows in an answer, and its columns in a fixed order
csv_text      rows as CSV for programs and spreadsheets
whole_list    a list without pages, read part by part
row_answers   runs the handler of a list or series and streams its rows
"""
