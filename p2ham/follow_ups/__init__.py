"""How follow-ups come about: suggested from what is weak, edited by Bagian Hukum, created all together."""
