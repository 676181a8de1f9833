"""What people are told by the day and by the week: collected from every subject, one mail for each person."""
