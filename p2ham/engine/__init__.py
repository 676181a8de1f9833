"""The rules of P2HAM in plain Python: no database, no screen, no Frappe.

`instrument` reads and checks what a regulation asks, `scoring` turns answers into points and a result,
`completeness` says what is still missing, `lifecycle` says who may do what in which state.
"""
