"""A period: who takes part, the assessments made for all of them at once, and what is carried over from the last one."""
