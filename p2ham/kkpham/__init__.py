"""KKP HAM: rights with their owners, results from Excel, where a result stands."""
