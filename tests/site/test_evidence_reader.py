"""Files are opened in a process of their own: what is refused, what is found, what is removed from photos, and that
the process which asks survives whatever a file does. Needs the bench's pypdf and Pillow, not the database."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import threading
import time

import hostile_files as made
import psutil
import pytest

from p2ham.engine.personal_data import EMAIL, KK, NIK, PHONE, Finding, Offices
from p2ham.evidence import reader, sandbox
from p2ham.evidence.sandbox import inspect


def refusal(name: str, content: bytes) -> str | None:
	refused = inspect(name, content, budget=10).refused
	return refused and refused["code"]


def found(name: str, content: bytes, **options) -> list[tuple[str, dict]]:
	report = inspect(name, content, **options)
	assert report.refused is None
	return [(finding.kind, finding.place) for finding in report.findings]


# What is refused


@pytest.mark.parametrize(
	("name", "make", "code"),
	[
		("surat.pdf", lambda: b"", "unreadable"),
		("surat.pdf", made.program, "not_what_it_says"),
		("surat.pdf", lambda: made.encrypted_pdf("rahasia"), "password"),
		("surat.pdf", lambda: made.pdf_with_text("Maklumat")[:300], "unreadable"),
		("surat.pdf", lambda: b"%PDF-1.7\n" + bytes(5000), "unreadable"),
		("surat.pdf", made.pdf_without_pages, "no_pages"),
		("surat.pdf", made.pdf_cycle, "unreadable"),
		("surat.pdf", made.pdf_deep_tree, "too_much"),
		("surat.pdf", made.pdf_claims_pages, "too_many_pages"),
		("surat.pdf", lambda: made.pdf_without_text(2_001), "too_many_pages"),
		("surat.pdf", made.pdf_bomb_in_content, "too_much"),
		("foto.jpg", made.program, "not_what_it_says"),
		("foto.jpg", lambda: made.picture("PNG"), "not_what_it_says"),
		("foto.jpg", lambda: made.photo()[:600], "unreadable"),
		("foto.jpg", lambda: b"\xff\xd8\xff" + bytes(500), "unreadable"),
		("foto.png", lambda: made.photo("PNG")[:300], "unreadable"),
		("foto.png", made.png_header, "too_many_pixels"),
		("foto.png", made.animated, "not_what_it_says"),
		("foto.gif", lambda: made.animated("GIF"), "not_what_it_says"),
		("data.xlsx", lambda: made.archive({"a.txt": "b"}), "not_what_it_says"),
		("data.xlsx", made.program, "not_what_it_says"),
		("data.xlsx", made.old_office_file, "not_what_it_says"),
		("data.xlsx", lambda: made.docx(made.paragraph("Maklumat")), "not_what_it_says"),
		("data.docx", lambda: made.xlsx(("Data", [["Maklumat"]])), "not_what_it_says"),
		("data.xlsx", made.encrypted_office_file, "password"),
		("data.xlsx", lambda: made.xlsx(("Data", [["Maklumat"]]))[:900], "unreadable"),
		("data.xlsx", made.xlsx_bomb, "too_much"),
		("data.xlsx", lambda: made.xlsx_bomb(50), "too_much"),
		("data.xlsx", made.many_members, "too_much"),
		("data.docx", made.billion_laughs, "unreadable"),
		("data.docx", lambda: made.docx("<w:p>" * 5_000 + "</w:p>" * 5_000), "too_much"),
		("data.docx", lambda: made.docx("<w:p>"), "unreadable"),
		("apa saja", lambda: b"", "unreadable"),
	],
)
def test_a_file_that_cannot_be_evidence_is_refused_with_the_reason(name, make, code):
	assert refusal(name, make()) == code


@pytest.mark.parametrize(
	"make", [made.pdf_nested_arrays, made.pdf_bomb_in_xref, lambda: made.pdf_bomb_in_content(300)]
)
def test_a_pdf_made_to_burst_is_refused_whatever_the_library_calls_it(make):
	assert refusal("surat.pdf", make()) in ("too_much", "unreadable")


@pytest.mark.parametrize(
	("name", "make", "kind"),
	[
		("surat.PDF", lambda: made.pdf_with_text("Maklumat"), "pdf"),
		("terkunci.pdf", lambda: made.encrypted_pdf(""), "pdf"),
		("foto.JPG", made.picture, "image"),
		("foto.jpeg", made.photo, "image"),
		("foto.png", lambda: made.picture("PNG"), "image"),
		("foto.webp", lambda: made.picture("WEBP"), "image"),
		("foto.gif", lambda: made.picture("GIF"), "image"),
		("foto.bmp", lambda: made.picture("BMP"), "image"),
		("foto.tif", lambda: made.picture("TIFF"), "image"),
		("data.xlsx", lambda: made.xlsx(("Data", [["Maklumat", 2024]])), "sheet"),
		("data.ods", lambda: made.ods([["Maklumat"]]), "sheet"),
		("data.docx", lambda: made.docx(made.paragraph("Maklumat")), "document"),
		("data.rar", lambda: b"Rar!", "other"),
	],
)
def test_honest_files_are_read(name, make, kind):
	report = inspect(name, make())
	assert (report.refused, report.kind, report.partial, report.unreadable_pages) == (None, kind, False, 0)


def test_the_numbers_for_the_message_come_with_the_refusal():
	assert inspect("a.pdf", made.pdf_claims_pages(10**9)).refused == {
		"code": "too_many_pages",
		"pages": 10**9,
		"most": 2_000,
	}
	report = inspect("a.png", made.png_header())
	assert report.refused["width"] == report.width == 30_000
	assert report.refused["most"] == 100_000_000


# What is found


def test_personal_data_in_a_pdf_is_found_with_its_page():
	pages = [
		"Maklumat",
		f"Kartu Keluarga {made.KK}\n\nNIK {made.NIK}\n\nNIK 3171051708850003",
		"HP 0812-7345-6789",
	]
	report = inspect("a.pdf", made.pdf_with_text(*pages))
	assert (report.pages, report.text) == (3, "found")
	assert report.findings == (
		Finding(KK, {"page": 2}, "161101**********", 1),
		Finding(NIK, {"page": 2}, "161101**********", 2),
		Finding(PHONE, {"page": 3}, "0812******89", 1),
	)


def test_links_and_properties_of_a_pdf_are_searched():
	assert found("a.pdf", made.pdf_with_link("mailto:budi@gmail.com")) == [(EMAIL, {"page": 1})]
	titled = made.pdf([made.CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page>>",
		f"<</Title(KTP {made.NIK})>>".encode()], b"/Info 4 0 R")  # fmt: skip
	assert found("a.pdf", titled) == [(NIK, {"properties": True})]


def test_a_page_that_cannot_be_read_is_counted_and_the_others_are_searched():
	broken = made.stream(b"no packed data at all", b"/Filter/NoSuchFilter")
	report = inspect("a.pdf", made.pages_of([broken, made.text_stream(f"NIK {made.NIK}")]))
	assert (report.refused, report.pages, report.unreadable_pages) == (None, 2, 1)
	assert [finding.place for finding in report.findings] == [{"page": 2}]


def test_a_scan_has_no_text():
	assert inspect("a.pdf", made.pdf_without_text(3)).text == "none"
	assert inspect("a.jpg", made.picture()).text is None


def test_the_name_of_a_file_is_searched_whatever_the_file_is():
	for name in (f"KTP_{made.NIK}.jpg", f"KTP {made.NIK}.jpg", f"{made.NIK}.jpg", f"../{made.NIK}.x.jpg"):
		assert found(name, made.picture()) == [(NIK, {"file_name": True})]
	assert found(f"{made.NIK}.zip", b"PK") == [(NIK, {"file_name": True})]


def test_a_workbook_is_searched_as_it_is_shown():
	rows = [
		["Nama", "NIK", "HP", "Anggaran"],
		["Siti", int(made.NIK), "", 1611014501900001],
		["Budi", made.NIK[:15] + "0", made.PHONE],  # ends as Excel ends numbers, but is text: no serial
		["Rina", float(made.NIK[:15] + "0")],
		["Dewi", "=1", f"WA pengaduan {made.PHONE}"],
	]
	content = made.xlsx(
		("Data", rows), ("Lain", [[made.PHONE]]), formats={"D2": "#,##0"}, comments={"A5": made.NIK}
	)
	assert found("a.xlsx", content) == [
		(NIK, {"sheet": "Data", "row": 2}),
		(PHONE, {"sheet": "Data", "row": 3}),
		(NIK, {"sheet": "Data", "row": 4}),
		(NIK, {"sheet": "Data", "row": 5}),
		(PHONE, {"sheet": "Lain", "row": 1}),
	]
	assert inspect("a.xlsx", content).findings[0].count == 1


def test_the_name_of_a_sheet_is_searched_and_masked():
	(finding,) = inspect("a.xlsx", made.xlsx((f"NIK {made.NIK}", [["a"]]))).findings
	assert finding.place == {"sheet": "NIK 161101**********"}


def test_documents_are_searched_in_paragraphs_tables_headers_and_notes():
	assert found("a.docx", made.docx_table(("Nama", "NIK"), ("Siti", made.NIK))) == [(NIK, {})]
	assert found("a.docx", made.docx(made.paragraph("NIK ", made.NIK[:7], made.NIK[7:]))) == [(NIK, {})]
	header = f"<w:hdr {made.W}>{made.paragraph(made.PHONE)}</w:hdr>"
	assert found("a.docx", made.docx("", **{"word/header1.xml": header})) == [(PHONE, {})]
	assert found("a.ods", made.ods([["a"], ["NIK", made.NIK]])) == [(NIK, {"sheet": "Data", "row": 2})]


def test_a_row_of_a_table_is_a_line_with_all_its_cells():
	assert found("a.docx", made.docx_table(("Hotline pengaduan", made.PHONE))) == []
	assert found("a.docx", made.docx_table(("Ahmad", "Dinas Sosial", made.PHONE))) == [(PHONE, {})]


def test_what_belongs_to_the_sites_offices_is_not_found():
	offices = Offices(phones=frozenset({made.PHONE}), emails=frozenset({"tu@gmail.com"}))
	assert found("a.pdf", made.pdf_with_text(f"{made.PHONE}\nTU@gmail.com"), offices=offices) == []


def test_findings_are_bounded_and_the_rest_is_counted():
	report = inspect("a.xlsx", made.xlsx(("Data", [[made.NIK]] * 250)))
	assert (len(report.findings), report.left_out) == (200, 50)


def test_nothing_is_searched_when_nobody_asks():
	report = inspect(f"{made.NIK}.pdf", made.pdf_with_text(made.NIK), scan=False)
	assert (report.pages, report.text, report.findings) == (1, None, ())


def test_a_search_out_of_time_says_so_and_keeps_what_it_has():
	heavy = "\n".join([made.PHONE] * 2_000)
	report = inspect(f"{made.NIK}.pdf", made.pdf_with_text(*[heavy] * 20), budget=0.2)
	assert (report.refused, report.partial) == (None, True)
	assert report.findings[0].place == {"file_name": True}


@pytest.mark.parametrize("budget", (0.2, 0.7))
def test_memory_that_ran_out_is_told_though_the_time_ran_out_as_well(budget):
	"""How fast the server is must not decide whether such a file is taken."""
	report = inspect("surat.pdf", made.pdf_bomb_in_content(1500), budget=budget)
	assert report.refused == {"code": "too_much"}


def test_no_digit_that_a_mask_hides_leaves_the_process():
	text = f"NIK {made.NIK}, HP {made.PHONE}, budi.santoso@gmail.com"
	for name, content in (("a.pdf", made.pdf_with_text(text)), ("a.docx", made.docx(made.paragraph(text)))):
		answer = started(name, content).stdout
		assert answer.count(b"**") and json.loads(answer)["text"] == "found"
		assert b"900001" not in answer and b"734567" not in answer and b"santoso" not in answer


# What is removed from photos

SECRETS = (b"KameraPabrik", b"KameraModel", b"Siti", b"Rumah")


@pytest.mark.parametrize(("ending", "form"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_photos_lose_what_tells_of_the_photographer_and_keep_the_picture(ending, form):
	from PIL import Image

	profile = b"colour profile " * 20
	content = made.photo(form, icc_profile=profile)
	assert any(secret in content for secret in SECRETS)
	report = inspect(f"foto.{ending}", content)
	assert report.taken_on == "2024-05-17T09:30:00"
	assert not any(secret in report.cleaned for secret in SECRETS)
	before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(report.cleaned))
	assert after.tobytes() == before.tobytes()
	assert after.info["icc_profile"] == profile
	exif = after.getexif()
	assert dict(exif) == {0x0112: 6, 0x8769: exif[0x8769]}
	assert exif.get_ifd(0x8769) == {0x9003: "2024:05:17 09:30:00"}
	assert exif.get_ifd(0x8825) == {}
	assert "xmp" not in after.info and "comment" not in after.info and "Author" not in after.info


@pytest.mark.parametrize(
	("ending", "form"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("gif", "GIF")]
)
def test_a_picture_without_metadata_stays_as_it_is(ending, form):
	assert inspect(f"foto.{ending}", made.picture(form)).cleaned is None
	assert inspect(f"foto.{ending}", made.picture(form, size=(33, 17))).cleaned is None


def test_cleaning_is_the_same_each_time_and_needs_no_second_time():
	first, again = (inspect("a.jpg", made.photo()).cleaned for _ in range(2))
	assert first == again
	assert inspect("a.jpg", first).cleaned is None
	assert inspect("a.jpg", first).taken_on == "2024-05-17T09:30:00"


def test_second_pictures_and_what_follows_a_photo_are_removed():
	from PIL import Image

	out = io.BytesIO()
	frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
	frames[0].save(out, "MPO", save_all=True, append_images=frames[1:], exif=made.camera_exif())
	for content in (out.getvalue(), made.picture() + b"a video of Siti"):
		cleaned = inspect("a.jpg", content).cleaned
		assert cleaned.endswith(b"\xff\xd9") and b"Siti" not in cleaned and b"MPF" not in cleaned
		assert Image.open(io.BytesIO(cleaned)).format == "JPEG"


@pytest.mark.parametrize("quality", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 1}])
def test_jpegs_of_every_make_are_cleaned_without_loss(quality):
	from PIL import Image

	content = made.photo(size=(200, 150), **quality)
	cleaned = inspect("a.jpg", content).cleaned
	assert Image.open(io.BytesIO(cleaned)).tobytes() == Image.open(io.BytesIO(content)).tobytes()


@pytest.mark.parametrize("date", ["0000:00:00 00:00:00", "kemarin", "2024:13:45 99:00:00", ""])
def test_a_date_that_is_none_is_not_kept(date):
	report = inspect("a.jpg", made.photo(exif=made.camera_exif(1, date)))
	assert report.taken_on is None
	assert b"Exif" not in report.cleaned


# That the asking process survives


def started(name: str, content: bytes) -> subprocess.CompletedProcess:
	"""Run the reader as the sandbox does, and keep what it says on both outputs."""
	request = {"file_name": name, "scan": True, "budget": 10, "offices": {}}
	command = [sys.executable, "-m", "p2ham.evidence.reader", json.dumps(request)]
	return subprocess.run(command, input=content, capture_output=True, env=sandbox._environment(), cwd="/")


@pytest.fixture
def instead(tmp_path, monkeypatch):
	"""`instead(code)` lets a script run in place of the reader."""

	def put(code: str) -> None:
		script = tmp_path / "python"
		script.write_text(f"#!{sys.executable}\n{code}\n")
		script.chmod(script.stat().st_mode | stat.S_IXUSR)
		monkeypatch.setattr(sandbox.sys, "executable", str(script))

	return put


@pytest.mark.parametrize(
	("code", "refused"),
	[
		("", "unreadable"),
		("raise MemoryError", "unreadable"),
		("print('no JSON')", "unreadable"),
		("print('[]')", "unreadable"),
		("print('{}')", "unreadable"),
		("print('[' * 100000)", "unreadable"),
		('print(\'{"findings": [], "cleaned": false, "own": 1}\')', "unreadable"),
		('print(\'{"findings": [{}], "cleaned": false}\')', "unreadable"),
		("import os; os.write(1, b'\\xff\\xfe\\n')", "unreadable"),
		("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "too_much"),
		("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "too_much"),
		("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "too_much"),
		("import os\nwhile True: os.write(1, b'x' * 65536)", "too_much"),
	],
)
def test_however_the_reader_dies_there_is_a_refusal(instead, monkeypatch, code, refused):
	monkeypatch.setattr(sandbox, "MAX_ANSWER", 2 * sandbox.MEGABYTE)
	instead(code)
	assert inspect("a.pdf", made.pdf_with_text("Maklumat")).refused == {"code": refused}


def test_a_reader_that_dies_and_leaves_a_process_is_no_reason_to_wait_for_ever(instead, monkeypatch):
	monkeypatch.setattr(sandbox, "GRACE", 1)
	instead("import os, time\nif os.fork() == 0: time.sleep(600)")
	assert inspect("a.pdf", b"x", budget=1).refused == {"code": "unreadable"}


def test_a_reader_that_never_answers_is_killed_with_what_it_started(instead, monkeypatch, tmp_path):
	monkeypatch.setattr(sandbox, "GRACE", 1)
	note = tmp_path / "pids"
	instead(
		"import os, time\nchild = os.fork()\n"
		f"open({str(note)!r}, 'a').write(f'{{os.getpid()}}\\n')\ntime.sleep(600)"
	)
	assert inspect("a.pdf", b"x" * 10**6, budget=1).refused == {"code": "too_much"}
	pids = [int(pid) for pid in note.read_text().split()]
	assert len(pids) == 2
	wait_until(lambda: not any(map(is_running, pids)))


def wait_until(condition) -> None:
	"""Wait for what happens soon: the kernel takes its time to end a process on a busy machine."""
	until = time.monotonic() + 30
	while not condition():
		assert time.monotonic() < until
		time.sleep(0.05)


def is_running(pid: int) -> bool:
	try:
		with open(f"/proc/{pid}/stat") as about:
			return about.read().rpartition(")")[2].split()[0] not in "ZX"
	except FileNotFoundError:
		return False


def test_without_python_there_is_a_refusal(monkeypatch):
	monkeypatch.setattr(sandbox.sys, "executable", "/no/such/python")
	assert inspect("a.pdf", made.pdf_with_text("Maklumat")).refused == {"code": "unreadable"}


def test_names_of_every_kind_are_taken():
	for name in (
		"\0.pdf",
		"\u202efdp.exe",
		"x" * 5_000 + ".pdf",
		"\ud800.pdf",
		"../../etc/passwd",
		"-c.pdf",
		"",
	):
		assert inspect(name, made.pdf_with_text("Maklumat")).refused is None


def test_a_file_on_the_disk_is_read_as_one_in_memory(tmp_path):
	path = tmp_path / "anything"
	path.write_bytes(made.photo())
	assert inspect("a.jpg", path) == inspect("a.jpg", path.read_bytes())
	assert path.read_bytes() == made.photo()
	with pytest.raises(FileNotFoundError):
		inspect("a.jpg", tmp_path / "nothing")


# Linux counts what the starting process held as the new one's, so only a process that is small itself can measure its
# children, and its own peak stands in VmHWM alone.
MEASURED = """
import re, resource, sys
from p2ham.evidence import sandbox
def peak():
	return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024
bomb = sys.stdin.buffer.read()
before = peak()
refused = sandbox.inspect("a.pdf", bomb).refused
print(refused["code"], peak() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def test_neither_asking_nor_reading_process_grows_with_a_bomb():
	done = subprocess.run(
		[sys.executable, "-c", MEASURED],
		input=made.pdf_bomb_in_content(),
		capture_output=True,
		check=True,
		env=sandbox._environment(),
	)
	code, growth, of_the_reader = done.stdout.decode().split()
	assert code == "too_much"
	assert int(growth) < 50 * reader.MEGABYTE
	assert 50 * reader.MEGABYTE < int(of_the_reader) <= reader.MAX_MEMORY  # it has read, and was stopped


def test_many_threads_ask_at_once():
	reports, content = [], made.pdf_with_text(f"NIK {made.NIK}")
	threads = [threading.Thread(target=lambda: reports.append(inspect("a.pdf", content))) for _ in range(6)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	assert [len(report.findings) for report in reports] == [1] * 6


def test_asking_leaves_no_open_file_and_no_process():
	children = set(psutil.Process().children())  # a browser, where one is being tested with
	inspect("a.pdf", made.pdf_bomb_in_content())
	before = len(os.listdir("/proc/self/fd"))
	for _ in range(5):
		inspect("a.pdf", made.program() * 1_000)
	assert len(os.listdir("/proc/self/fd")) == before
	assert set(psutil.Process().children()) == children


CAGE = """
import os, resource, sys
from p2ham.evidence import reader
reader.limit_myself(1)
assert not {"frappe", "pypdf", "PIL", "openpyxl", "numpy"} & set(sys.modules)
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
try:
	bytearray(reader.MAX_MEMORY)
except MemoryError:
	print("memory")
sys.stdout.flush()
open(sys.argv[1], "wb").write(b"x" * 10)
"""


def test_the_reader_is_caged_and_brings_nothing_that_the_file_does_not_need(tmp_path):
	target = tmp_path / "written"
	command = [sys.executable, "-c", CAGE, str(target)]
	done = subprocess.run(command, capture_output=True, env=sandbox._environment(), cwd="/")
	assert done.stdout == b"memory\n"
	assert target.read_bytes() == b""


def test_the_reader_gets_none_of_the_servers_environment(monkeypatch):
	monkeypatch.setenv("FRAPPE_DB_PASSWORD", "rahasia")
	monkeypatch.setattr(sys, "pycache_prefix", None)
	known = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PATH"}
	assert set(sandbox._environment()) == known
	monkeypatch.setattr(sys, "pycache_prefix", "/where/it/is")
	assert set(sandbox._environment()) == {*known, "PYTHONPYCACHEPREFIX"}
