// Whether something of ours is still on its way to the page: <body data-p2ham="busy"> while it is, "ready" otherwise. Who
// looks at the page from outside, a test or a script that takes pictures, waits for it.

frappe.provide("p2ham");

p2ham.mark = (() => {
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
})();
