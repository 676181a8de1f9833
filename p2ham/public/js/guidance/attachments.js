// Photos and other files of guidance: their addresses are private, and open for whoever may read it.

import { holds } from "../desk/duties.js";
import { esc } from "../desk/text.js";

const PHOTO = /\.(jpe?g|png|webp|gif)$/i;

export class Attachments {
	constructor(frm) {
		this.frm = frm;
	}

	show() {
		const $place = this.frm.get_field("attachments_view").$wrapper;
		$place.html(this.html());
		$place.find(".p2ham-add-photos").on("click", () => this.add_photos());
	}

	html() {
		const files = this.frm.get_docinfo().attachments || [];
		const is_photo = (file) => PHOTO.test(file.file_name || "");
		const photos = files.filter(is_photo).map((file) => this.photo_html(file));
		const others = files.filter((file) => !is_photo(file)).map((file) => this.file_html(file));
		const none = __("There are no photos yet; those that are added stand in the minutes.");
		return [
			photos.length && `<div class="p2ham-photos">${photos.join("")}</div>`,
			others.length && `<ul>${others.join("")}</ul>`,
			!files.length && `<p class="text-muted">${none}</p>`,
			this.may_add() &&
				`<button class="btn btn-xs btn-default p2ham-add-photos">${__("Add Photos")}</button>`,
		]
			.filter(Boolean)
			.join("");
	}

	photo_html(file) {
		const [address, name] = [this.address(file), esc(file.file_name)];
		return `<a href="${address}" target="_blank" rel="noopener" title="${name}"
			><img src="${address}" alt="${name}" loading="lazy"></a>`;
	}

	file_html(file) {
		const name = esc(file.file_name);
		return `<li><a href="${this.address(file)}" target="_blank" rel="noopener">${name}</a></li>`;
	}

	address(file) {
		return esc(encodeURI(file.file_url));
	}

	may_add() {
		const { status } = this.frm.doc;
		if (holds("bagian_hukum")) return status !== "Cancelled";
		return status === "Requested" && p2ham.GuidanceForm.of(this.frm).may_write;
	}

	add_photos() {
		new frappe.ui.FileUploader({
			doctype: this.frm.doctype,
			docname: this.frm.doc.name,
			frm: this.frm,
			folder: "Home/Attachments",
			allow_multiple: true,
			allow_toggle_private: false,
			make_attachments_public: false,
			restrictions: { allowed_file_types: [".jpg", ".jpeg", ".png"] },
			on_success: (file) => {
				this.frm.attachments.attachment_uploaded(file);
				this.show();
			},
		});
	}
}
