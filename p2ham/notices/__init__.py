"""Who is told what, and when: events as they happen, reminders once a day, the week of who decides."""
