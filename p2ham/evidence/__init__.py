"""Evidence from the upload to the archive: looked at, kept in revisions, verified, handed out again."""
