// Frappe's realtime listens at every address of the machine. With this before it (node --require) it listens at
// P2HAM_HOST only.
const net = require("net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (port, ...rest) {
	const is_port = /^\d+$/.test(port);
	if (is_port && typeof rest[0] !== "string") {
		return listen.call(this, Number(port), process.env.P2HAM_HOST || "127.0.0.1", ...rest);
	}
	return listen.call(this, port, ...rest);
};
