"""A regency to try the app on, and the factory functions that make it; the tests use the same ones."""
