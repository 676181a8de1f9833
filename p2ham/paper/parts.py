"""What several official papers print alike, whatever they are about."""

from __future__ import annotations

from frappe.utils import getdate

from p2ham.engine.instrument import Instrument

SUBJECTS = {
	"P2HAM": "PELAYANAN PUBLIK BERBASIS HAK ASASI MANUSIA (P2HAM)",
	"KKP HAM": "KABUPATEN/KOTA PEDULI HAK ASASI MANUSIA (KKP HAM)",
}

NOTHING = "–"


def notices_of(regency, instrument: Instrument) -> list[str]:
	"""The site's notice, and that an instrument is a template still to be checked."""
	notices = [regency.notice] if regency.notice else []
	if instrument.template:
		notices.append(
			f"Instrumen ini templat: isinya belum diperiksa terhadap lampiran {instrument.regulation}."
		)
	return notices


def kind_of_region(regency) -> str:
	"""Return "kota" or "kabupaten"."""
	return "kota" if (regency.regency_name or "").lower().startswith("kota ") else "kabupaten"


def short_date(day) -> str:
	"""Return "31/12/2024", as a column has room for it."""
	return f"{getdate(day):%d/%m/%Y}" if day else NOTHING
