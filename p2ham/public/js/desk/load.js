// A bundle of ours on its first use.
//
//   import { load } from "./load.js";                 in a form script: p2ham.load
//   const { Comparison } = await load("comparison");  p2ham_comparison.bundle.js, with its style if there is one
//
// A bundle hands over what it has by `deliver("comparison", { Comparison })`. What could not be
// loaded is said, rejects, and is asked for again the next time.
//
// Not frappe.require: it freezes the desk until the answer comes, for ever if none comes (frappe/public/js/frappe/assets.js,
// 15.45 and 16.4), and it runs as a script whatever a server says of a file that is not there any more.

import { mark } from "./mark.js";

frappe.provide("p2ham");

// Each bundle has this file; the page has one list of them.
const { delivered, asked } = p2ham.bundles || (p2ham.bundles = { delivered: {}, asked: {} });

export function deliver(name, what) {
	delivered[name] = what;
}

export function load(name) {
	if (delivered[name]) return Promise.resolve(delivered[name]);
	if (!asked[name]) {
		asked[name] = mark.until(fetch_bundle(name)).catch((error) => {
			delete asked[name];
			frappe.show_alert({ message: error.message, indicator: "red" }, 10);
			throw error;
		});
	}
	return asked[name];
}

// The style first: nothing is drawn before it is there.
async function fetch_bundle(name) {
	const [script, style] = [`p2ham_${name}.bundle.js`, `p2ham_${name}.bundle.css`];
	if (frappe.boot.assets_json[style]) {
		const href = frappe.assets.bundled_asset(style, frappe.utils.is_rtl());
		await append("link", { rel: "stylesheet", href });
	}
	await append("script", { src: frappe.assets.bundled_asset(script) });
	return delivered[name];
}

function append(tag, attributes) {
	return new Promise((resolve, reject) => {
		const element = Object.assign(document.createElement(tag), attributes);
		element.addEventListener("load", resolve);
		element.addEventListener("error", () => {
			element.remove();
			reject(
				new Error(
					__(
						"A part of the page did not come. Check the connection; if it stays so, load the page anew."
					)
				)
			);
		});
		document.head.append(element);
	});
}
