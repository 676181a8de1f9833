"""What is printed: one data function and one template per document, and the official PDF."""
