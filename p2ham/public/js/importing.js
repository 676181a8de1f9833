// What the dialogs that bring a file to the site share: how the file is chosen, how the server is asked, and what they
// say of its answer.

frappe.provide("p2ham");

p2ham.importing = (() => {
	// What a person can do something about; shown in the dialog. `answered`: by the server, so that it is sure that
	// nothing has been written.
	class Refusal extends Error {
		constructor(text, answered = false) {
			super(text);
			this.answered = answered;
		}
	}

	// Not frappe.call: its own messages would lie over the dialog, where each answer has its place. `body` is JSON as text,
	// or a form; `not_allowed` says in words what a login that has ended, or a missing right, means here.
	const post = (...asked) => p2ham.mark.until(send(...asked));

	async function send(address, body, not_allowed) {
		const headers = { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token };
		if (typeof body === "string") headers["Content-Type"] = "application/json";
		let response;
		try {
			response = await fetch(address, { method: "POST", headers, body });
		} catch {
			throw new Refusal(__("The server cannot be reached. Check the connection, then try again."));
		}
		const answer = await response.json().catch(() => ({}));
		if (response.ok) return answer.message;
		throw new Refusal(reason_of(response.status, answer, not_allowed), response.status < 500);
	}

	function reason_of(status, answer, not_allowed) {
		const said = server_messages(answer);
		if (said) return said;
		if (status === 413) return __("The server does not take a file of this size.");
		if (status === 401 || status === 403) return not_allowed;
		return __("The server could not work on the file (error {0}). Try again; if it stays so, tell the administrator.", [
			status,
		]);
	}

	function server_messages(answer) {
		try {
			return JSON.parse(answer._server_messages || "[]")
				.map((text) => JSON.parse(text).message)
				.map((html) => html.replaceAll("<li>", "\n<li>"))
				.map((html) => new DOMParser().parseFromString(html, "text/html").body.textContent)
				.join("\n");
		} catch {
			return "";
		}
	}

	// Where a file is chosen or dropped, as HTML; `label` and `hint` are HTML, `accept` names the endings.
	function drop_html(label, accept, hint) {
		const id = frappe.dom.get_unique_id();
		return `<div class="p2ham-drop">
			<label for="${id}">${label}</label>
			<input type="file" id="${id}" accept="${accept}">
			<p class="p2ham-hint">${hint} ${__("You can also drop the file here.")}</p>
		</div>`;
	}

	// Hand each file that is chosen or dropped to `take`.
	function bind_drop($body, take) {
		const $drop = $body.find(".p2ham-drop");
		const input = $drop.find("input[type=file]").get(0);
		// Choosing the same file again, after correcting it, is a change too.
		input.addEventListener("click", () => (input.value = ""));
		input.addEventListener("change", () => input.files.length && take(input.files[0]));
		$drop.on("dragenter dragover", (event) => {
			event.preventDefault();
			$drop.addClass("is-over");
		});
		$drop.on("dragleave drop", () => $drop.removeClass("is-over"));
		$drop.on("drop", (event) => {
			event.preventDefault();
			const files = event.originalEvent.dataTransfer.files;
			if (!files.length) return;
			input.files = files;
			take(files[0]);
		});
	}

	return { Refusal, post, drop_html, bind_drop };
})();
