"""Changes to documents that people have entered, for sites of an older release; patches.txt names them in order."""
