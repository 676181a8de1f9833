// Asks a door of guidance that only tells (p2ham/api/guidance.py).
export async function read(door, args) {
	const { message } = await frappe.call({ method: `p2ham.api.guidance.${door}`, type: "GET", args });
	return message;
}
