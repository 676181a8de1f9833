"""Indonesian personal data in a text: identity numbers (NIK, KK), mobile phones and e-mail addresses.

`find` says where they stand, with a sample that can be stored and shown without repeating the datum. Numbers are
judged by their parts (region, date, serial) and by how they are written, because offices' papers are full of other
long numbers: NIP, accounts, amounts, decrees. Every step looks at a bounded number of characters around a place, so
the work grows with the length of the text and nothing else, whatever the text is.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

NIK, KK, PHONE, EMAIL = "NIK", "KK", "Phone", "E-mail"

# Kemendagri's region codes (Kepmendagri 300.2.2-2138/2025 and its forerunners). A number keeps the code it was given,
# and records of the new provinces of Papua are found with both the ministry's codes and those of BPS, up to 97.
PROVINCES = frozenset(
	f"{code}"
	for first, last in ((11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76), (81, 82), (91, 97))
	for code in range(first, last + 1)
)
# Regencies count from 01 (no province has 40 of them), cities from 71.
REGENCIES = frozenset(f"{code:02}" for first, last in ((1, 39), (71, 79)) for code in range(first, last + 1))
DAYS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
WOMAN = 40  # is added to the day of birth in a woman's NIK

IDENTITY_DIGITS = 16
# Where an identity number is parted when it is written in groups: at the borders of its parts or in fours.
IDENTITY_CUTS = frozenset((2, 4, 6, 8, 10, 12))

# Operators' numbers begin 081, 082, 083, 085 ... 089 (Kominfo's numbering plan); 080 and 084 are none.
MOBILE = re.compile(r"08[1235-9]")
MOBILE_DIGITS = range(10, 14)

MAX_LOCAL_PART = 64  # RFC 5321
MAX_GAP = 24  # characters between groups of one number: a line break and the indent of the next line
LABEL_REACH = 40  # characters before a number in which its label stands
LINE_REACH = 200  # characters on either side that count as the line of a place

# Words before a number that say what it is. The last one counts. Without the "other" ones an account or a
# bar code whose digits happen to make a date would be called a citizen.
LABEL = re.compile(
	r"""(?P<kk>\b(?:no|nomor)?\.?[ ]?kk\b|\bnkk\b|kartu\ keluarga)
	|(?P<nik>\bnik\b|\bktp\b|\bnpwp\b|kependudukan)
	|(?P<phone>\bhp\b|\bwa\b|\bte?lp\b|telepon|whats?app|ponsel|seluler|kontak)
	|(?P<other>\brp\b|\bidr\b|rekening|\brek\b|virtual\ account|\bva\b|\bnuptk\b|\bntpn\b|\bimei\b|barcode
		|\bean\b|\bupc\b|\bresi\b|\binvoice\b|faktur|kwitansi|pelanggan|\bbilling\b|\bnop\b|\bsppt\b|\bnib\b)""",
	re.IGNORECASE | re.VERBOSE,
)
# May stand against a number without a space ("NIK1611...", "wa.me/62812..."); other letters there make it a code.
GLUED_LABEL = re.compile(r"(?:nik|kk|nkk|ktp|npwp|hp|wa|telp|tlp)\Z", re.IGNORECASE)

# What an office's own line says. Institutions count only where no name stands before them ("Ahmad, Dinas Sosial"
# is a person of that office); services and a letterhead count anywhere in the line.
INSTITUTION = re.compile(
	r"""\b(?:dinas|badan|kantor|puskesmas|pustu|posyandu|rsud|rumah\ sakit|kecamatan|kelurahan|uptd?|bagian
		|sekretariat|setda|setwan|inspektorat|polsek|polres|koramil|kodim|pemerintah|pemkab|pemprov|balai|satpol
		|din(?:kes|sos|dik|as)|dis(?:dukcapil|dik\w*|kominfo\w*|hub|nak\w*|perindag\w*|pora\w*)|kominfo|bappeda\w*
		|bapenda|bkpsdm|bpbd|bpkad|dpmptsp|kesbangpol|mal\ pelayanan\ publik|mpp|perangkat\ daerah|opd|s(?:d|mp|ma|mk)(?:n|\ negeri))\b""",
	re.IGNORECASE | re.VERBOSE,
)
SERVICE = re.compile(
	r"""\b(?:hot\s?line|call\s?cent(?:er|re)|contact\s?cent(?:er|re)|layanan|pelayanan|pengaduan|aduan|sp4n|lapor
		|(?:wa|whats?app)\s?(?:center|bot|gateway)|loket|help\s?desk|ambulan[s]?|gawat\ darurat|piket)\b""",
	re.IGNORECASE | re.VERBOSE,
)
LETTERHEAD = re.compile(
	r"\b(?:fax|faks|faksimil[ei]|laman|website|situs|pos-el|posel|surel|kode\s?pos)\b", re.IGNORECASE
)
# What names a person in the line: then the number is that person's, whatever office the line names too.
PERSON = re.compile(
	r"""\b(?:nama(?!\s+(?:opd|dinas|badan|instansi|unit|kantor|satuan|perangkat|puskesmas|lembaga|layanan|jalan)\b)
		|nik|ktp|atas\ nama|bapak(?!\s?/\s?ibu\b)|bpk|(?<!/)ibu(?!\s+(?:dan|hamil|kota|menyusui|bersalin)\b)
		|sdri?|saudar[ai]|pemohon|(?<!pengaduan\ )(?<!layanan\ )(?<!informasi\ )pasien|pelapor|pengadu
		|contact\ person|cp|narahubung|warga|penduduk|ahli\ waris|tempat\ lahir|tgl\.?\ lahir|pekerjaan)\b
	|\ba\.\ ?n\.
	|(?-i:,\ ?(?:A\.?Md|[SM]\.?\ ?(?:H|E|T|Si|Sos|AP|Kom|Pd|Ked|Kes|Kep|Hut|IP|STP|Ag|M|P)|Ns|Amd)\b)""",
	re.IGNORECASE | re.VERBOSE,
)
# Capitals before an institution that are no one's name.
NO_NAME = frozenset(
	(
		"untuk",
		"nama",
		"hubungi",
		"silakan",
		"silahkan",
		"info",
		"informasi",
		"kontak",
		"email",
		"e-mail",
		"wa",
		"whatsapp",
		"hp",
		"telp",
		"telepon",
		"tlp",
		"no",
		"nomor",
		"alamat",
		"jl",
		"jalan",
		"posko",
		"admin",
		"operator",
		"ruang",
		"gedung",
		"lantai",
		"komplek",
		"kompleks",
		"resmi",
		"akun",
		"media",
		"sosial",
		"instagram",
		"seluler",
		"ponsel",
		"kami",
		"di",
		"ke",
		"dan",
		"atau",
		"melalui",
		"kepada",
		"selengkapnya",
		"daftar",
	)
)
CAPITALISED = re.compile(r"[A-Z][\w'-]*")

# ".go.id" is given to offices of the state only (PANDI).
OFFICE_DOMAINS = frozenset({"go.id"})

LOCAL_PART = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])")

# "/KEP/2024", "/2024": what follows the first part of a letter's or a decree's number.
LETTER_NUMBER = re.compile(r"/(?:(?:19|20)\d\d\b|[A-Z][A-Z0-9.-]{0,20}/|\d{1,4}/)")
CENTS = re.compile(r",(?:00|-)(?![0-9])")
FOLLOWING_WORD = re.compile(r"[A-Za-z]{3,}(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Offices:
	"""What is known to belong to offices and is therefore no personal data: `phones` (digits only), `emails` and
	`domains` (lower case; a domain counts with everything below it)."""

	phones: frozenset[str] = frozenset()
	emails: frozenset[str] = frozenset()
	domains: frozenset[str] = OFFICE_DOMAINS

	def own_phone(self, national: str) -> bool:
		return national in self.phones or "62" + national[1:] in self.phones

	def own_email(self, address: str) -> bool:
		domain = address.rpartition("@")[2]
		return address in self.emails or any(f".{domain}".endswith(f".{known}") for known in self.domains)


@dataclass(frozen=True)
class Match:
	"""One datum: its kind, where it stands in the text, and a masked `sample` of it."""

	kind: str
	start: int
	end: int
	sample: str


@dataclass(frozen=True)
class Finding:
	"""How often a kind of personal data stands at a place, and a masked sample of the first."""

	kind: str
	place: Mapping[str, str | int | bool]
	sample: str
	count: int


NOBODY = Offices()


def find(text: str, offices: Offices = NOBODY) -> list[Match]:
	"""Return the personal data in a text, in the order of the text."""
	text = plain_characters(text)
	found = [*_find_numbers(text, offices), *_find_emails(text, offices)]
	return sorted(found, key=lambda match: match.start)


def summarise(place: Mapping[str, str | int | bool], matches: Iterable[Match]) -> list[Finding]:
	"""Return one finding for each kind among the matches of a place."""
	samples: dict[str, list[str]] = {}
	for match in matches:
		samples.setdefault(match.kind, []).append(match.sample)
	return [Finding(kind, place, of_kind[0], len(of_kind)) for kind, of_kind in samples.items()]


def is_identity(digits: str) -> bool:
	"""Return whether 16 digits can be a NIK or the number of a KK: region, date and serial are possible ones."""
	if len(digits) != IDENTITY_DIGITS or digits[:2] not in PROVINCES or digits[2:4] not in REGENCIES:
		return False
	day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
	day -= WOMAN if day > WOMAN else 0
	if digits[4:6] == "00" or not 1 <= day <= DAYS.get(month, 0):
		return False
	# The century is not written. 2000 was a leap year, so every fourth year can have been one.
	return digits[12:] != "0000" and (month != 2 or day < 29 or year % 4 == 0)


def plain_characters(text: str) -> str:
	"""Return the text with digits of all scripts, odd spaces and dashes as plain ones. Keeps every position."""
	if text.isascii():
		return text
	return text.translate({ord(character): _plain(character) for character in set(text)})


def _plain(character: str) -> str:
	category = unicodedata.category(character)
	if category == "Nd":
		return str(unicodedata.decimal(character))
	if category in ("Zl", "Zp") or character == "\x85":
		return "\n"
	if category in ("Zs", "Cf"):  # Cf: soft hyphens, zero-width spaces, marks of direction
		return " "
	if category == "Pd" or character == "\u2212":
		return "-"
	return "@" if character == "\uff20" else "." if character == "\uff0e" else character


# Numbers: groups of digits and what stands between them

SPACE, DOT, DASH, SPACED_DASH, LINE, BRACKET, COMMA, COLON, SLASH, BREAK = range(10)
# Between two digits these make one number or time of them, so that no part of it can be a datum of its own.
GLUE = frozenset((DOT, DASH, COLON))
PHONE_GAPS = frozenset((SPACE, DOT, DASH, SPACED_DASH, BRACKET))
TIGHT = {".": DOT, "-": DASH, ",": COMMA, ":": COLON, "/": SLASH, " ": SPACE, "  ": SPACE}


@lru_cache(maxsize=1024)
def _gap(between: str) -> int:
	"""Return what the characters between two groups of digits mean."""
	if between in TIGHT:
		return TIGHT[between]
	core = between.strip(" ")
	if core == "-":
		return SPACED_DASH
	if core in (")", "(", ")-", ") ("):
		return BRACKET
	lines = between.replace("\r\n", "\n").replace("\r", "\n")
	if lines.count("\n") == 1 and not lines.strip(" \t\n").strip("-."):
		return LINE
	return BREAK


class _Groups:
	"""The groups of digits of a text, `gap[i]` standing before group i. In arrays, because ten megabytes of
	single digits are five million groups."""

	def __init__(self, text: str):
		self.text = text
		self.start, self.end, self.gap = array("L"), array("L"), bytearray()
		before = -MAX_GAP - 1
		for match in re.finditer("[0-9]+", text):
			start, end = match.span()
			near = start - before <= MAX_GAP
			self.gap.append(_gap(text[before:start]) if near and self.start else BREAK)
			self.start.append(start)
			self.end.append(end)
			before = end
		self.gap.append(BREAK)  # after the last

	def __len__(self) -> int:
		return len(self.start)

	def length(self, index: int) -> int:
		return self.end[index] - self.start[index]

	def digits(self, index: int) -> str:
		return self.text[self.start[index] : self.end[index]]

	def numbers_a_row(self, index: int) -> bool:
		"""Return whether a group is the number of a row: up to four digits at the beginning of a line."""
		start = self.start[index]
		indent = self.text[max(0, start - MAX_GAP) : start].rstrip(" ")
		return self.length(index) <= 4 and (not indent or indent[-1] in "\n\r\t|;")


@dataclass(frozen=True)
class _Window:
	"""Groups that make one number: `first` up to and without `after`, and the kinds of gaps inside."""

	first: int
	after: int
	digits: str
	gaps: frozenset[int] = frozenset()


def _find_numbers(text: str, offices: Offices) -> Iterator[Match]:
	groups = _Groups(text)
	index, before = 0, 0  # `before`: the end of the last long number, whose label is not the next one's
	while index < len(groups):
		window = _identity_at(groups, index) or _phone_at(groups, index)
		match = window and _judge(groups, window, before, offices)
		if match:
			yield match
		after = window.after if window and match else index + 1
		if match or groups.length(index) >= 6:
			before = groups.end[after - 1]
		index = after


def _judge(groups: _Groups, window: _Window, before: int, offices: Offices) -> Match | None:
	"""Return what a possible number is by the words around it, None if it is nobody's."""
	text, start, end = groups.text, groups.start[window.first], groups.end[window.after - 1]
	label = _label(text, before, start)
	if label == "other" or _is_a_code(text, start, end):
		return None
	if len(window.digits) == IDENTITY_DIGITS:
		boxes = window.after - window.first == IDENTITY_DIGITS
		if boxes and label not in ("nik", "kk"):  # a row of scores looks the same
			return None
		return Match(KK if label == "kk" else NIK, start, end, _masked(window.digits, 6, 0))
	if offices.own_phone(window.digits) or _is_offices_line(text, start, end):
		return None
	start -= text[start - 1 : start] == "+"
	return Match(PHONE, start, end, _masked(window.digits, 4, 2))


def _masked(digits: str, head: int, tail: int) -> str:
	return digits[:head] + "*" * (len(digits) - head - tail) + digits[len(digits) - tail :]


def _label(text: str, before: int, start: int) -> str | None:
	"""Return the group of LABEL whose word stands last before a number. What else a number may be ("other") must
	be said in the same line, what it is of a person may stand a line above."""
	reach = text[max(before, start - LABEL_REACH) : start]
	labels = list(LABEL.finditer(reach))
	if not labels or (labels[-1].lastgroup == "other" and "\n" in reach[labels[-1].end() :]):
		return None
	return labels[-1].lastgroup


def _is_a_code(text: str, start: int, end: int) -> bool:
	"""Return whether letters or slashes make the digits a part of something else: a hash, a code, a decree."""
	if text[start - 1 : start].isalpha() and not GLUED_LABEL.search(_word_before(text, start)):
		return True
	if text[end : end + 1].isalpha() and not FOLLOWING_WORD.match(text, end, end + 40):
		return True
	return bool(LETTER_NUMBER.match(text, end) or CENTS.match(text, end))


def _word_before(text: str, start: int) -> str:
	return re.split(r"[^A-Za-z0-9]", text[max(0, start - 12) : start])[-1]


# Identity numbers


def _identity_at(groups: _Groups, first: int) -> _Window | None:
	"""Return the groups from `first` on that make a possible identity number."""
	window = _sixteen_digits(groups, first)
	if window is None or not is_identity(window.digits) or not _is_whole(groups, window):
		return None
	return window


def _sixteen_digits(groups: _Groups, first: int) -> _Window | None:
	digits, after, gaps, cuts = groups.digits(first)[: IDENTITY_DIGITS + 1], first + 1, set(), []
	if len(digits) > 1 and digits[:2] not in PROVINCES:
		return None
	while len(digits) < IDENTITY_DIGITS and after < len(groups):
		if groups.gap[after] not in (SPACE, DOT, DASH, SPACED_DASH, LINE):
			return None
		gaps.add(groups.gap[after])
		cuts.append(len(digits))
		digits += groups.digits(after)[: IDENTITY_DIGITS + 1]
		after += 1
	if len(digits) != IDENTITY_DIGITS or not _is_parted_well(gaps, cuts):
		return None
	return _Window(first, after, digits, frozenset(gaps))


def _is_parted_well(gaps: set[int], cuts: list[int]) -> bool:
	"""Return whether a number is written in groups as people do: parted alike, at borders of its parts; or
	unparted and broken by the end of a line, wherever that fell; or in the boxes of a form."""
	if len(gaps - {LINE}) > 1:
		return False
	if set(cuts) <= IDENTITY_CUTS:
		return True
	return (gaps == {LINE} and len(cuts) == 1 and cuts[0] > 2) or cuts == list(range(1, IDENTITY_DIGITS))


def _is_whole(groups: _Groups, window: _Window) -> bool:
	"""Return whether the number ends where its groups end, instead of going on in the digits beside them."""
	return not _goes_on_before(groups, window) and not _goes_on_after(groups, window)


def _goes_on_before(groups: _Groups, window: _Window) -> bool:
	gap, previous = groups.gap[window.first], window.first - 1
	if gap == LINE:
		return _is_column(groups, window, previous, window.first)
	if gap in GLUE:
		return gap in window.gaps or not (gap == DOT and groups.numbers_a_row(previous))
	if gap in window.gaps:
		return not groups.numbers_a_row(previous) and groups.length(previous) < 10
	return gap == COMMA and groups.length(previous) <= 3 and not groups.numbers_a_row(previous)


def _goes_on_after(groups: _Groups, window: _Window) -> bool:
	gap, following = groups.gap[window.after], window.after
	if gap == LINE:
		return _is_column(groups, window, following, window.after - 1)
	if gap in GLUE:
		return True
	if gap in window.gaps:
		return groups.length(following) < 6 and not MOBILE.match(groups.digits(following))
	return False


def _is_column(groups: _Groups, window: _Window, beside: int, edge: int) -> bool:
	"""Return whether groups below each other are a column of short numbers, to which the one beside belongs."""
	return window.gaps == {LINE} and groups.length(beside) == groups.length(edge)


# Phones


def _phone_at(groups: _Groups, first: int) -> _Window | None:
	"""Return the groups from `first` on that make a mobile number; its digits are the national ones (08...)."""
	national, after, gaps = _national_beginning(groups, first)
	if not MOBILE.match(national):
		return None
	if len(national) < min(MOBILE_DIGITS):
		national, after, gaps = _with_further_groups(groups, national, after)
	window = _Window(first, after, national, frozenset(gaps))
	if (
		len(national) not in MOBILE_DIGITS
		or _is_an_amount(groups, window)
		or not _stands_alone(groups, window)
	):
		return None
	return window


def _national_beginning(groups: _Groups, first: int) -> tuple[str, int, list[int]]:
	digits = groups.digits(first)[:16]
	if digits == "62" and groups.gap[first + 1] in PHONE_GAPS:
		return "0" + groups.digits(first + 1)[:16].removeprefix("0"), first + 2, []
	if digits.startswith("62"):
		return "0" + digits[2:].removeprefix("0"), first + 1, []
	return digits, first + 1, []


def _with_further_groups(groups: _Groups, national: str, after: int) -> tuple[str, int, list[int]]:
	gaps: list[int] = []
	while after < len(groups) and groups.gap[after] in PHONE_GAPS:
		more, gap = groups.length(after), groups.gap[after]
		# A second kind of gap comes only after the operator's digits: "0812 3456-7890", "(0812) 3456-7890".
		alike = not gaps or gap == gaps[-1] or (len(gaps) == 1 and gaps[0] in (SPACE, BRACKET))
		enough = len(national) >= min(MOBILE_DIGITS) and gap == SPACE and more < 3
		if enough or not alike or more < 2 or len(national) + more > max(MOBILE_DIGITS):
			break
		national += groups.digits(after)
		gaps.append(gap)
		after += 1
	return national, after, gaps


def _is_an_amount(groups: _Groups, window: _Window) -> bool:
	"""Return whether a number is one of 62 thousand millions rather than one abroad: without + and in threes."""
	start = groups.start[window.first]
	threes = groups.gap[window.first + 1] == DOT and groups.length(window.first) == 2
	return threes and groups.text[start - 1 : start] != "+"


def _stands_alone(groups: _Groups, window: _Window) -> bool:
	before, after = groups.gap[window.first], groups.gap[window.after]
	if before in GLUE or after in GLUE or (before == COMMA and groups.length(window.first - 1) <= 3):
		return False
	# "0812 3456 7890 1234" is a number of an account, "0812 3456 7890 2024" a phone and a year.
	following = groups.digits(window.after)[:5] if after == SPACE and window.gaps else ""
	return len(following) < 4 or bool(re.match(r"08|62|(?:19|20)\d\d\b", following))


# E-mail


def _find_emails(text: str, offices: Offices) -> Iterator[Match]:
	at = text.find("@")
	while at >= 0:
		start = at
		while start > max(0, at - MAX_LOCAL_PART) and text[start - 1] in LOCAL_PART:
			start -= 1
		local = text[start:at].lstrip(".-")
		domain = DOMAIN.match(text, at + 1)
		if local and domain and not local.endswith("."):
			start = at - len(local)
			address = text[start : domain.end()].lower()
			if not offices.own_email(address) and not _is_offices_line(text, start, domain.end()):
				yield Match(EMAIL, start, domain.end(), f"{local[0]}***@{domain.group().lower()}")
		at = text.find("@", at + 1)


# Whose a number or an address is


def _is_offices_line(text: str, start: int, end: int) -> bool:
	"""Return whether the line says that the datum is an office's, and names no person."""
	begin = max(text.rfind("\n", max(0, start - LINE_REACH), start) + 1, start - LINE_REACH, 0)
	stop = text.find("\n", end, end + LINE_REACH)
	line = text[begin : stop if stop >= 0 else end + LINE_REACH]
	if PERSON.search(line):
		return False
	if LETTERHEAD.search(line) or SERVICE.search(line):
		return True
	institution = INSTITUTION.search(line)
	return institution is not None and not _names_somebody(line[: institution.start()])


def _names_somebody(words: str) -> bool:
	return any(word.lower().rstrip("-") not in NO_NAME for word in CAPITALISED.findall(words))
