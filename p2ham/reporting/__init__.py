"""What the reports, number cards, charts and the presentation are made of.

`scoped` is the only way to the database, `choice` reads the filters, `look` says how a figure is shown; the other
modules are the figures themselves, each used wherever it is shown. A report in `p2ham/p2ham/report` puts them
together: execute(filters) -> columns, rows, message, chart, summary.
"""
