"""Tables that people send: CSV and XLSX, found out and never asked (interface.md §2, hardening.md 4a).

    with open_table(path, required=["code", "naam"], optional=["telefoon"]) as table:
        for row, (code, name, phone) in table.rows:
            ...
        table.bad_rows      # rows that are no rows: known when all rows were read

`row` is the line number in the file with the header as 1: the first line under the header is 2, whatever
stands above the header. A row that takes several lines has the number of its first one. Knows no Django.
"""

from pickup_points.tables.opening import open_table
from pickup_points.tables.table import BadRow, Limits, Table, TableRefused

__all__ = ["BadRow", "Limits", "Table", "TableRefused", "open_table"]
