// What happens when in P2HAM, in one place: windows and deadlines of periods, guidance, due dates of follow-ups. The
// server says what the reader may see, and the colour of each kind (p2ham/reports/dates.py).

frappe.views.calendar["P2HAM Period"] = {
	field_map: {
		id: "name",
		start: "start",
		end: "end",
		title: "title",
		allDay: "all_day",
		// A day is a day in every time zone; a meeting is not.
		convertToUserTz: "timed",
	},
	get_events_method: "p2ham.api.calendar.events",
	options: {
		selectable: false,
		// Frappe 15 makes the last day of an event included, Frappe 16 does not.
		eventDataTransform(event) {
			if (!frappe.FullCalendar || !event.all_day || !event.end) return event;
			return { ...event, end: frappe.datetime.add_days(event.end, 1) };
		},
		// Frappe 15 hands over the event itself, Frappe 16 what happened to it.
		eventClick(clicked) {
			const event = clicked.event ? clicked.event.extendedProps : clicked;
			if (event.about) frappe.set_route("Form", event.about, event.document);
		},
	},
};
