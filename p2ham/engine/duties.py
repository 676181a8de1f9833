"""The duties that people hold, and the groups of them that the rules speak of.

Who holds which today is asked in `p2ham.access.duties`.
"""

from __future__ import annotations

# As stored in P2HAM Officer; the role of the same name opens the door of the desk, the duty held today decides.
OPD_CLERK = "OPD Clerk"
OPD_HEAD = "OPD Head"
VERIFIER = "P2HAM Verifier"
KABAG_HUKUM = "Kabag Hukum"
SEKDA = "Sekda"
OBSERVER = "P2HAM Observer"
# A role without a duty: master data and periods.
MANAGER = "P2HAM Manager"

DUTIES = (OPD_CLERK, OPD_HEAD, VERIFIER, KABAG_HUKUM, SEKDA, OBSERVER)
UNIT_DUTIES = (OPD_CLERK, OPD_HEAD)
# The law division of the regency: verifies, numbers documents and keeps their signed copies, follow-ups, guidance, the
# results of KKP HAM and quarterly reports.
BAGIAN_HUKUM = (VERIFIER, KABAG_HUKUM)
REGENCY_DUTIES = (*BAGIAN_HUKUM, SEKDA)
# Posts with one holder at a time, appointed by a System Manager only.
SINGLE_POSTS = (KABAG_HUKUM, SEKDA)
ROLES = (*DUTIES, MANAGER)
