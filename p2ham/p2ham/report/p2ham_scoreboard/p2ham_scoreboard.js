p2ham.reports.declare("P2HAM Scoreboard", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	p2ham.reports.field.select("workflow_state", __("State"), ["Draft", "Submitted", "Reviewed", "Approved"]),
]);
