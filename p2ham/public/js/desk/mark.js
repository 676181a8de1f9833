// Whether something of ours is still on its way to the page: <body data-p2ham="busy"> while it is, "ready" otherwise. Who
// looks at the page from outside, a test or a script that takes pictures, waits for it.
//
//   import { mark } from "./mark.js";      in a form script: p2ham.mark
//   await mark.until(promise)              busy until it is settled; gives what the promise gives, or its failure

frappe.provide("p2ham");

function make_mark() {
	let under_way = 0;

	function change(number) {
		under_way += number;
		document.body.dataset.p2ham = under_way ? "busy" : "ready";
	}

	change(0);

	return {
		// Busy until the promise is settled; what it brings, or why it fails, goes on to who awaits it.
		async until(promise) {
			change(1);
			try {
				return await promise;
			} finally {
				change(-1);
			}
		},
	};
}

// Each bundle has this file; the page has one count.
export const mark = p2ham.mark || (p2ham.mark = make_mark());
