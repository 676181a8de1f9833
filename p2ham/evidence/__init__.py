"""What is in a file of evidence: opened in a process of its own, because a file may be hostile."""
