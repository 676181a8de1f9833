"""What is printed: one data function and one template per document, and the official PDF.

A document's fixed words are Indonesian in every language of the desk, because it is an official Indonesian
document; they stand in its template and its data function and are not translated.
"""
