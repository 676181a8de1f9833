"""QR codes as small pictures in the page."""

from __future__ import annotations

import base64
import io

MODULE = 6  # pixels: 25 mm are then printed with more than 300 dpi
QUIET = 4  # modules of white around it, as ISO/IEC 18004 wants


def qr(text: str) -> str:
	"""Return the QR code of a text as PNG data URI. Medium correction: paper gets stamped and folded."""
	from PIL import Image
	from pyqrcode import create

	modules = create(text, error="M").code
	size = len(modules) + 2 * QUIET
	image = Image.new("1", (size, size), 1)
	for row, line in enumerate(modules):
		for column, dark in enumerate(line):
			if dark:
				image.putpixel((column + QUIET, row + QUIET), 0)
	written = io.BytesIO()
	image.resize((size * MODULE, size * MODULE)).save(written, "PNG", optimize=True)
	return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()
