// Files that are dropped on the page.

// Let files be dropped on every `selector` inside an element, now and later.
export function accept_drops(element, selector, on_drop) {
	const place = (event) =>
		event.dataTransfer &&
		[...event.dataTransfer.types].includes("Files") &&
		event.target.closest(selector);
	const mark = (event, on) => {
		const target = place(event);
		if (!target) return null;
		event.preventDefault();
		target.classList.toggle("is-over", on);
		return target;
	};
	element.addEventListener("dragenter", (event) => mark(event, true));
	element.addEventListener("dragover", (event) => mark(event, true));
	element.addEventListener("dragleave", (event) => mark(event, false));
	element.addEventListener("drop", (event) => {
		const target = mark(event, false);
		const files = target ? [...event.dataTransfer.files] : [];
		if (files.length) on_drop(target, files);
	});
}
