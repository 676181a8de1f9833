"""Who may see and do what: duties held today, the scope that follows from them, and the guards.

`duties` says who holds which duty; `scope` turns that into one condition for lists, documents, reports and
files; `guard` refuses changes and steps that the lifecycle does not allow; `files` protects evidence files.
"""
