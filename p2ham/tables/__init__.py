"""The kit for tables that people fill in Excel: opening, heads, columns, values of cells, faults with their cell, writing."""
