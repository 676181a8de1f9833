// Where the file or the page of a document is.

// Only addresses that a browser may open without running anything.
export function safe_address(evidence) {
	if (evidence.kind === "Link") return /^https?:\/\//i.test(evidence.url || "") ? evidence.url : "";
	return (evidence.file || "").startsWith("/private/files/")
		? evidence.file.replace(/%/g, "%25").replace(/#/g, "%23").replace(/\?/g, "%3F")
		: "";
}
