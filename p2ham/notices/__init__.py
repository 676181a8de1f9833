"""Who is told what as it happens, in their own language, and of keys to their names."""
