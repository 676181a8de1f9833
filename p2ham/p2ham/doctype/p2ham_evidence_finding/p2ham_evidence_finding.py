from p2ham.access.rows import Row


class P2HAMEvidenceFinding(Row):
	pass
