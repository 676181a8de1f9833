"""How long does the search for personal data in a PDF of 200 pages take? Needs no site, but the bench's Python:

    env/bin/python apps/p2ham/benchmarks/scanning.py

Wanted: under 10 s and 300 MB in the process that reads the file. The baseline, in the same run, is pypdf's plain
extraction of the text in a process of its own.
"""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile_files import NIK, PHONE, pages_of, stream

from p2ham.evidence import sandbox

PAGES, LINES, WORDS = 200, 45, 12
WANTED_SECONDS, WANTED_MEGABYTES = 10, 300
WITH_NIK, WITH_PHONE = (17, 120, 121), (60,)

SAID = (
	"Bahwa berdasarkan ketentuan peraturan perundang-undangan pelayanan publik berbasis hak "
	"asasi manusia wajib disusun standar pelayanan Nomor 188.45/123/KEP/2024 tanggal "
	"17-05-2024 Rp1.250.000,00 NIP 198108122005011003 Dinas Sosial Kabupaten Empat Lawang "
	"08.00-15.30 maklumat pengaduan (0702) 21012 penyandang disabilitas "
)

PLAIN = """
import sys
from pypdf import PdfReader
for page in PdfReader(sys.argv[1]).pages:
	page.extract_text()
"""


def main() -> None:
	with tempfile.TemporaryDirectory() as folder:
		path = Path(folder) / "laporan.pdf"
		path.write_bytes(report())
		# The first figure of memory is that of the larger child, so ours must come first.
		ours, report_of_ours = timed(lambda: sandbox.inspect(path.name, path, budget=60))
		used = resource.getrusage(resource.RUSAGE_CHILDREN)
		command = [sys.executable, "-W", "ignore", "-c", PLAIN, str(path)]
		theirs, _ = timed(lambda: subprocess.run(command, check=True))
	print(f"{report_of_ours.pages} pages, {LINES * WORDS} words each")
	for finding in report_of_ours.findings:
		print(f"  {finding.kind} {finding.sample} {dict(finding.place)}")
	print(f"search in the sandbox        {ours:8.2f} s   wanted under {WANTED_SECONDS}")
	print(f"of that on the processor     {used.ru_utime + used.ru_stime:8.2f} s")
	print(f"memory of its process        {used.ru_maxrss / 1024:8.0f} MB  wanted under {WANTED_MEGABYTES}")
	print(f"pypdf's extraction alone     {theirs:8.2f} s")
	print(f"ratio                        {ours / theirs:8.2f}")
	if len(report_of_ours.findings) != len(WITH_NIK + WITH_PHONE) or report_of_ours.partial:
		sys.exit("Not everything was found.")


def report() -> bytes:
	generator = random.Random(25)
	return pages_of([typeset(page(number, generator)) for number in range(1, PAGES + 1)])


def typeset(text: str) -> bytes:
	"""Return a content stream as word processors write it: with the space between every few letters."""
	shown = []
	for line in text.split("\n"):
		escaped = re.sub(r"([()\\])", r"\\\1", line)
		pieces = re.findall(r"(?:\\.|[^\\]){1,3}", escaped)
		shown.append("[" + "-4".join(f"({piece})" for piece in pieces) + "] TJ T*")
	content = f"BT /F1 9 Tf 12 TL 50 780 Td {' '.join(shown)} ET".encode("ascii")
	return stream(zlib.compress(content), b"/Filter/FlateDecode")


def page(number: int, generator: random.Random) -> str:
	lines = [" ".join(generator.choices(SAID.split(), k=WORDS)) for _ in range(LINES)]
	if number in WITH_NIK:
		lines[20] = f"Pemohon, NIK {NIK}"
	if number in WITH_PHONE:
		lines[30] = f"Pemohon, HP {PHONE}"
	return "\n".join(lines)


def timed(function):
	start = time.perf_counter()
	result = function()
	return time.perf_counter() - start, result


if __name__ == "__main__":
	main()
