// A picture that fits its place, and can be made larger and turned.
export class Picture {
	constructor(place, image) {
		this.place = place;
		this.image = image;
		this.zoom = 1;
		this.turns = 0;
		image.addEventListener("load", () => this.layout());
		// A click shows the details of where it went, a second one the whole.
		image.addEventListener("click", (event) => this.zoom_to(this.zoom === 1 ? 2.5 : 1, event));
	}

	rotate() {
		this.turns = (this.turns + 1) % 4;
		this.layout();
	}

	zoom_by(factor) {
		this.zoom_to(Math.min(8, Math.max(1, this.zoom * factor)));
	}

	// What was in the middle, or under the pointer, comes to the middle.
	zoom_to(zoom, point = null) {
		const box = this.image.parentElement.getBoundingClientRect();
		const place = this.place.getBoundingClientRect();
		const at = {
			x: point ? point.clientX : place.x + place.width / 2,
			y: point ? point.clientY : place.y + place.height / 2,
		};
		const share = { x: (at.x - box.x) / box.width, y: (at.y - box.y) / box.height };
		this.zoom = zoom;
		this.layout();
		this.place.scrollLeft = share.x * this.image.parentElement.offsetWidth - place.width / 2;
		this.place.scrollTop = share.y * this.image.parentElement.offsetHeight - place.height / 2;
	}

	layout() {
		const { naturalWidth: width, naturalHeight: height } = this.image;
		if (!width) return;
		const lies = this.turns % 2 === 1;
		const [across, down] = lies ? [height, width] : [width, height];
		const fit = Math.min(this.place.clientWidth / across, this.place.clientHeight / down, 1);
		const scale = fit * this.zoom;
		Object.assign(this.image.parentElement.style, {
			width: `${Math.floor(across * scale)}px`,
			height: `${Math.floor(down * scale)}px`,
		});
		Object.assign(this.image.style, {
			width: `${Math.floor(width * scale)}px`,
			height: `${Math.floor(height * scale)}px`,
			transform: `translate(-50%, -50%) rotate(${this.turns * 90}deg)`,
			cursor: this.zoom === 1 ? "zoom-in" : "zoom-out",
		});
	}
}
