"""Personal data in what offices write: a made corpus, found wholly and without a false alarm, and properties.

All names and numbers are made up. A line of CITIZENS holds what stands before the bar, a line of OFFICES nothing.
"""

from __future__ import annotations

import calendar
import itertools
import random
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import personal_data
from p2ham.engine.personal_data import EMAIL, KK, NIK, PHONE, Finding, Offices, find, summarise

CITIZENS = r"""
NIK | NIK : 1611014501900001
NIK | NIK: 1611 0145 0190 0001 / Pekerjaan: Petani
NIK | Nomor Induk Kependudukan 16.11.01.450190.0001
NIK | 161101-450190-0001 a.n. Siti Aminah
NIK | 16-11-01-45-01-90-0001
NIK | 161101 450190 0001
NIK | 1611 - 0145 - 0190 - 0001
NIK | 1 1611014501900001 Siti Aminah P Tebing Tinggi
NIK | 12. 3171051708850003 Budi Santoso
NIK | 7 3171 0517 0885 0003 Budi Santoso
NIK | Daftar:\n  7 3171 0517 0885 0003 Budi Santoso
NIK | 1.1611014501900001 Siti Aminah
NIK | 1;1611014501900001;Siti Aminah
NIK | 1,1611014501900001,Siti Aminah,Tebing Tinggi
NIK | | 1 | Siti Aminah | 1611014501900001 | Islam |
NIK | NIK1611014501900001
NIK | 1611014501900001Siti
NIK | (1611014501900001)
NIK | NIK 1611014501900001, lahir di Lahat 05-01-1990
NIK | NIK : 1 6 1 1 0 1 4 5 0 1 9 0 0 0 0 1
NIK | NIK １６１１０１４５０１９００００１
NIK | NIK ١٦١١٠١٤٥٠١٩٠٠٠٠١
NIK | NIK 16110145\n01900001
NIK | NIK 1611014501900\n001
NIK | 1611 0145\n0190 0001
NIK | 1611\u00a00145\u00a00190\u00a00001
NIK | 1611–0145–0190–0001
NIK | NPWP 1611014501900001
NIK | NPWP: 3171 0517 0885 0003
NIK | KTP_1611014501900001_Siti.pdf
NIK | https://cek.contoh.id/warga?nik=1611014501900001&x=1
NIK | Pemohon 9171042902000007 tanggal 5 Maret
NIK | 6371012902040002
NIK | Nomor KTP 3578291512750010.
NIK | NIP 19850817 201001 1 003, NIK 3171051708850003
NIK NIK | 1611014501900001/3171051708850003
NIK NIK | 1. 1611014501900001\n2. 3171051708850003
NIK NIK | 1611014501900001 3171051708850003
NIK PHONE | 1611014501900001 081273456789
NIK PHONE | 1611014501900001,081273456789,Siti
NIK PHONE | 3 Siti Aminah 1611 0145 0190 0001 0812 7345 6789
KK | No. KK : 1611011203100004
KK | Nomor KK 1611 0112 0310 0004
KK | KARTU KELUARGA No. 1611011203100004
KK | NKK: 16.11.01.120310.0004
KK NIK | No. KK 1611011203100004 NIK 1611014501900001
KK NIK NIK | Kartu Keluarga 1611011203100004\n1 Siti Aminah 1611014501900001\n2 Budi 3171051708850003
PHONE | HP. 0812-7345-6789
PHONE | 081273456789
PHONE | 0812 7345 6789 (Budi)
PHONE | 0812.7345.6789
PHONE | (0812) 7345-6789
PHONE | 0812 7345-6789
PHONE | +6281273456789
PHONE | +62 812 7345 6789
PHONE | +62 812-7345-6789
PHONE | (+62) 812 7345 6789
PHONE | 62 812 7345 6789
PHONE | 6285712345678
PHONE | wa.me/6281273456789
PHONE | WA081273456789
PHONE | 1 Ahmad Fauzi Dinas Sosial 081273456789 ttd
PHONE | Siti Aminah, S.Sos, Kecamatan Tebing Tinggi, 0857-1234-567
PHONE | Dinas Sosial, a.n. Ahmad: 0813 6712 3456
PHONE | Nama: Rina, petugas Puskesmas Tebing Tinggi, HP 089612345678
PHONE | CP: Bapak Hendra (Dinas Kesehatan) 0878-1234-5678
PHONE | Pasien RSUD Tebing Tinggi atas nama Karim, HP 0831 1234 5678
PHONE | Pemohon layanan: 0822 1234 5678
PHONE | Narahubung pengaduan: Ibu Dewi 0852 1234 5678
PHONE | Telp/HP: 0895 3212 34567
PHONE | 0857 1234 5678 2024
PHONE | Hubungi saya di ０８１２７３４５６７８９
PHONE PHONE | 0812-7345-6789/0813-6712-3456
PHONE PHONE | 0812 7345 6789 0813 6712 3456
PHONE PHONE | 1 Budi 081273456789\n2 Rina 085712345678
EMAIL | siti.aminah90@gmail.com
EMAIL | E-mail: Budi_Santoso@yahoo.co.id.
EMAIL | <rina@contoh.id>
EMAIL | Nama: Dewi, Dinas Sosial, dewi@gmail.com
EMAIL PHONE | Kontak: budi@gmail.com / 0812-7345-6789
EMAIL | mailto:karim+ktp@outlook.com?subject=KTP
"""

OFFICES = r"""
Nomor 100.2.1.6/0353/OTDA
Nomor : 188.45/123/KEP/2024
KEPUTUSAN BUPATI EMPAT LAWANG NOMOR 400.7/1611014501900001/KEP/2024
Nomor: 800.1.11.1/0145/BKPSDM/2024 tanggal 17 Mei 2024
Permenkumham Nomor 25 Tahun 2023 (Berita Negara 2023 Nomor 1611)
NIP 197001011990031001
NIP. 19700101 199003 1 001
NIP 19850817 201001 2 003
NIP : 19700101.199003.1.001
1 Ahmad Fauzi, S.H. 198108122005011003 Penata Tk. I (III/d)
NIP 198108122005011003 Pangkat Pembina
Pembina Utama Muda / 19650404 199203 1 010
Rp1.611.014.501.900.001,00
Rp 1.611.014.501.900.001
Belanja Modal Rp. 16.110.145.019.000
Jumlah 1611014501900001,00
Total Rp1611014501900001
Anggaran 62.812.345.678
Pagu 62.852.123.456,00 realisasi 61.005.123.000,00
5.1.02.01.01.0024 Belanja Alat Tulis Kantor 12.500.000
1.06.01.2.01.0001 Penyusunan Dokumen Perencanaan 45.000.000
Kode rekening 1.01.02.2.01.01.5.1.02.01.01.0024
16.11.01.2001 Desa Tanjung Kupang
16.11.01.450190.0001.23
1611 0145 0190 0001 1234
16110145019000011234
0016110145019000012
No. Rek 1611014501900001 Bank Sumsel Babel
Rekening BRI 161101450190000
Nomor rekening: 0812345678 (BNI)
Rekening 0812-3456-7890-1234
Virtual Account 1611014501900001
VA: 0812345678901
NUPTK 1611014501900001
NTPN 1611014501900001
NPWP 12.345.678.9-012.345
NPWP 01.234.567.8-901.000
NPWP 012345678901000
NPWP 0012345678901000
Barcode 8991611014501
EAN 0812345678905
ISBN 978-602-8519-93-9
IMEI 356938035643809
ID Pelanggan 161101450190
Invoice 1611014501900001
INV/2024/05/0001611
NOP 16.11.010.001.002-0123.0
NIK 9999999999999999
NIK 0000000000000000
1611014513900001
1611013002900001
1611017201900001
1611014501900000
1611004501900001
1699014501900001
2011014501900001
sha256 a3f1611014501900001b27
QR: TTE-1611014501900001-9F
https://tte.contoh.id/v/x1611014501900001
17-08-2024 08:30:15
2024-05-17T09:30:00+07:00
08.00 - 15.30 WIB
0830-1200 1300-1600
08-12-2024 s.d. 10-12-2024
Senin 08.00-12.00, 13.00-16.00
-3.0812345678, 104.0812345678
-3,0812345678; 103,0852123456
3°48'12" LS 102°56'08" BT
Telp. (0702) 21012 Fax. (0702) 21013
Telp. 021-3456789
0711 357 890
Call center 112, 119, 1500-567
Bebas pulsa 0800-1-123456
WA Center 0812-7345-6789
Hotline Pengaduan: 0811 7123 456
Layanan pengaduan masyarakat 081273456789
SP4N-LAPOR! SMS 1708, WA 0811-1708-170
Puskesmas Tebing Tinggi 0812-7345-6789
1. Dinas Sosial 081273456789
2 Badan Penanggulangan Bencana Daerah 0821 7345 6789
Kantor Kecamatan Muara Pinang, HP 0813-6712-3456
RSUD Tebing Tinggi (IGD) 0812 7345 6789
UPTD Samsat Empat Lawang WA 085712345678
Kelurahan Pasar: 0822-1234-5678
Bagian Hukum Sekretariat Daerah, WhatsApp 0812-7345-6789
Polsek Tebing Tinggi 0813 6712 3456, Koramil 0852 1234 5678
Jl. Lintas Sumatera Km. 5 Telp. 0812-7345-6789 Pos-el dinsos.4l@gmail.com Laman dinsos.contoh.id
Pos-el: disdukcapil.empatlawang@gmail.com
Hubungi hotline kami di 0812-7345-6789
Untuk informasi silakan hubungi WA Dinas Kesehatan 0812 7345 6789
Bapak/Ibu dapat menghubungi WA pengaduan 0812 7345 6789
Layanan kesehatan ibu dan anak Puskesmas 0812-7345-6789
Layanan pengaduan pasien RSUD 0812-7345-6789
Nama Dinas: Dinas Sosial, HP 081273456789
dinsos@empatlawangkab.go.id
E-mail resmi: Setda@Empatlawangkab.GO.ID
pengaduan Puskesmas: pkm.tebing@gmail.com
@disdukcapil_empatlawang
user@localhost
10 20 30 40 50 60 70 80
1 0 1 1 0 1 0 1 0 1 1 0 1 1 0 1
1 1 0 1 0 1 0 1 0 1 0 1 0 0 0 1
1611\n0145\n0190\n1234\n5678
2021\n2022\n2023\n2024
1611 1245 2024 1500 2300
Surat Nomor 081273456789/2024
6281 orang dari 8123456 jiwa
"""

NAMES = {"NIK": NIK, "KK": KK, "PHONE": PHONE, "EMAIL": EMAIL}


def lines(corpus: str) -> list[str]:
	"""Return the lines of a corpus, in which \\n and \\u stand for characters."""
	found = corpus.strip("\n").split("\n")
	return [line.replace("\\n", "\n").replace("\\u00a0", "\u00a0") for line in found]


def citizens() -> list[tuple[list[str], str]]:
	parted = [line.split(" | ", 1) for line in lines(CITIZENS)]
	return [([NAMES[name] for name in kinds.split()], text) for kinds, text in parted]


@pytest.mark.parametrize(("kinds", "text"), citizens())
def test_what_is_a_citizens_is_found(kinds, text):
	assert [match.kind for match in find(text)] == kinds


@pytest.mark.parametrize("text", lines(OFFICES))
def test_what_is_an_offices_is_no_finding(text):
	assert find(text) == []


def test_the_corpus_in_one_document_has_neither_more_nor_less():
	generator = random.Random(25)
	parts = citizens() + [([], text) for text in lines(OFFICES)]
	generator.shuffle(parts)
	wanted = [kind for kinds, text in parts for kind in kinds]
	assert len(parts) > 120
	# An empty line, because the words of one line may tell what the number in the next is.
	assert [match.kind for match in find("\n\n".join(text for kinds, text in parts))] == wanted


def test_a_match_says_where_it_stands_and_shows_a_mask():
	text = "NIK 1611 0145 0190 0001, HP +62 812-7345-6789, surel: Budi@Gmail.com"
	nik, phone = find("HP +62 812-7345-6789 NIK 1611 0145 0190 0001")[::-1]
	assert nik.sample == "161101**********" and phone.sample == "0812******89"
	assert [text[match.start : match.end] for match in find(text)] == [
		"1611 0145 0190 0001",
		"+62 812-7345-6789",
		"Budi@Gmail.com",
	]
	assert find("tulis ke Budi@Gmail.com")[0].sample == "B***@gmail.com"
	assert find("hub. +62 812-7345-6789.")[0].start == 5


def test_what_the_site_knows_as_its_offices_is_no_finding():
	offices = Offices(
		phones=frozenset({"081273456789", "6285712345678"}),
		emails=frozenset({"tu.4l@gmail.com"}),
		domains=frozenset({"go.id", "klinik.example"}),
	)
	text = (
		"+62 812-7345-6789\n0857 1234 5678\nTU.4L@gmail.com\nbudi@mail.klinik.example\nbudi@notklinik.example"
	)
	assert [match.sample for match in find(text, offices)] == ["b***@notklinik.example"]
	assert len(find(text)) == 5


def test_one_finding_for_each_kind_at_a_place():
	matches = find("1611014501900001\n\n3171051708850003\n\nbudi@gmail.com")
	assert summarise({"page": 3}, matches) == [
		Finding(NIK, {"page": 3}, "161101**********", 2),
		Finding(EMAIL, {"page": 3}, "b***@gmail.com", 1),
	]


@st.composite
def identities(draw) -> str:
	region = draw(st.sampled_from(sorted(personal_data.PROVINCES)))
	region += draw(st.sampled_from(sorted(personal_data.REGENCIES)))
	region += f"{draw(st.integers(1, 99)):02}"
	year, month = draw(st.integers(1925, 2024)), draw(st.integers(1, 12))
	day = draw(st.integers(1, calendar.monthrange(year, month)[1])) + draw(st.sampled_from((0, 40)))
	return f"{region}{day:02}{month:02}{year % 100:02}{draw(st.integers(1, 9999)):04}"


def parted(digits: str, cuts: tuple[int, ...], separator: str) -> str:
	edges = [0, *cuts, len(digits)]
	return separator.join(digits[start:end] for start, end in itertools.pairwise(edges))


CUTS = ((), (4, 8, 12), (6, 12), (2, 4, 6, 12), (2, 4, 6, 8, 10, 12), (8,), (6,))
SEPARATORS = (" ", ".", "-", "\u00a0", " - ", "\u2013")


@given(identities(), st.sampled_from(CUTS), st.sampled_from(SEPARATORS), st.booleans())
def test_every_identity_number_is_found_in_any_of_its_forms(digits, cuts, separator, broken):
	written = parted(digits, cuts, separator)
	if broken and cuts:
		at = written.rindex(separator)
		written = written[:at] + "\n   " + written[at + len(separator) :]
	text = f"NIK: {written} (pemohon)"
	(match,) = find(text)
	assert (match.kind, text[match.start : match.end]) == (NIK, written)
	assert match.sample == digits[:6] + "*" * 10


@given(
	st.dates(date(1940, 1, 1), date(2020, 12, 31)).map(lambda day: f"{day:%Y%m%d}"),
	st.dates(date(1960, 1, 1), date(2040, 12, 31)).map(lambda day: f"{day:%Y%m}"),
	st.sampled_from("12"),
	st.integers(1, 999),
	st.sampled_from(("", " ", ".", "\u00a0")),
)
def test_no_nip_is_ever_found(birth, since, sex, number, separator):
	nip = separator.join((birth, since, sex, f"{number:03}"))
	assert find(f"NIP {nip}\n") == [] == find(nip)


@given(st.integers(10**7, 10**10 - 1), st.sampled_from("1235789"), st.sampled_from(("", "-", " ", ".")))
def test_every_mobile_number_is_found_and_its_sample_hides_the_middle(rest, operator, separator):
	digits = f"08{operator}{rest}"
	(match,) = find(f"HP {parted(digits, (4, 8), separator)}")
	assert match.kind == PHONE
	assert match.sample == digits[:4] + "*" * (len(digits) - 6) + digits[-2:]


NASTY = st.lists(
	st.sampled_from(
		(
			"1611",
			"01",
			"0190",
			"0001",
			"1",
			"08",
			"0812",
			"62",
			"7",
			"16110145",
			" ",
			".",
			"-",
			"\n",
			"@",
			"a.",
			"/",
		)
	),
	max_size=60,
).map("".join)


@given(NASTY)
def test_matches_of_any_text_are_in_order_and_apart(text):
	numbers = [match for match in find(text) if match.kind != EMAIL]
	assert all(before.end <= after.start for before, after in itertools.pairwise(numbers))
	assert all(0 <= match.start < match.end <= len(text) for match in numbers)


@pytest.mark.parametrize(
	"piece",
	["1", "1 ", "1611 0145 0190 00", "0812 ", "a@", "a.", "a.a@a.", "08127345678\n", " \n", "62-", "16.11."],
)
def test_the_work_grows_with_the_length_and_no_faster(piece):
	short, long = lines_run(piece * 200), lines_run(piece * 800)
	assert long <= 5 * short + 500


def lines_run(text: str) -> int:
	"""Return how many lines of the module run for a text. What a line does is bounded too: its regular
	expressions see 400 characters."""
	count = 0

	def trace(frame, event, arg):
		nonlocal count
		if frame.f_code.co_filename != personal_data.__file__:
			return None
		count += event == "line"
		return trace

	before = sys.gettrace()
	sys.settrace(trace)
	try:
		find(text)
	finally:
		sys.settrace(before)
	return count
