"""Installing, migrating and leaving: idempotent `ensure_...` steps, and the check of Frappe's version."""
