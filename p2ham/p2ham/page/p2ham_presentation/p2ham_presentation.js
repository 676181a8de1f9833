// The presentation: one screen at a time, as large as the window; arrows, space and a click go on.
frappe.pages["p2ham-presentation"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("P2HAM Presentation"),
		single_column: true,
	});
	wrapper.presentation = new p2ham.Presentation(page);
};

frappe.pages["p2ham-presentation"].on_page_show = (wrapper) => wrapper.presentation.load();

frappe.provide("p2ham");

p2ham.Presentation = class Presentation {
	// Of a screen, in pixels
	static WIDTH = 1280;
	static HEIGHT = 720;

	constructor(page) {
		this.page = page;
		this.at = 0;
		this.period = page.add_field({
			fieldname: "period",
			label: __("Period"),
			fieldtype: "Link",
			options: "P2HAM Period",
			change: () => this.load(),
		});
		page.set_primary_action(__("Full Screen"), () => this.stage.requestFullscreen());
		page.add_inner_button(__("Official PDF"), () => {
			const period = encodeURIComponent(this.period.get_value() || "");
			window.open(`/api/method/p2ham.api.presentation.pdf?period=${period}`);
		});
		this.stage = $(`<div class="p2ham-stage" tabindex="0"></div>`).appendTo(page.main).get(0);
		this.host = $(`<div class="p2ham-screen"></div>`).appendTo(this.stage).get(0);
		this.position = $(`<div class="p2ham-position text-muted"></div>`).appendTo(page.main);
		// The screens bring their own looks, which the desk's must not touch.
		this.root = this.host.attachShadow({ mode: "open" });
		this.stage.addEventListener("click", () => this.go(1));
		this.stage.addEventListener("keydown", (event) => this.on_key(event));
		document.addEventListener("fullscreenchange", () => this.fit());
		window.addEventListener("resize", () => this.fit());
	}

	load() {
		const period = this.period.get_value() || "";
		if (this.loaded === period) return;
		this.loaded = period;
		const asked = frappe
			.call({ method: "p2ham.api.presentation.slides", args: period ? { period } : {}, type: "GET" })
			.then(({ message }) => {
				this.root.innerHTML = message.html;
				this.at = 0;
				this.go(0);
				this.fit();
				this.stage.focus();
			});
		p2ham.mark.until(asked).catch(() => {}); // Frappe has shown why
	}

	get slides() {
		return [...this.root.querySelectorAll(".slide")];
	}

	on_key(event) {
		const steps = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
		if (!(event.key in steps)) return;
		event.preventDefault();
		this.go(steps[event.key]);
	}

	go(steps) {
		const slides = this.slides;
		this.at = Math.max(0, Math.min(slides.length - 1, this.at + steps));
		slides.forEach((slide, place) => (slide.style.display = place === this.at ? "" : "none"));
		this.position.text(__("{0} of {1}", [this.at + 1, slides.length]));
	}

	fit() {
		const { WIDTH, HEIGHT } = Presentation;
		const full = document.fullscreenElement === this.stage;
		const width = this.stage.clientWidth;
		const height = full ? this.stage.clientHeight : Infinity;
		const scale = Math.min(width / WIDTH, height / HEIGHT);
		this.host.style.transform = `scale(${scale})`;
		this.host.style.left = `${Math.max(0, (width - WIDTH * scale) / 2)}px`;
		this.host.style.top = full ? `${Math.max(0, (height - HEIGHT * scale) / 2)}px` : "0";
		this.stage.style.height = full ? "" : `${HEIGHT * scale}px`;
	}
};
