"""What changes of a quarterly report, and what does not."""

from p2ham.engine import quarterly_report
from p2ham.engine.lifecycle import Change


def test_the_figures_of_a_quarterly_report_change_by_its_actions_only_and_nothing_once_it_was_sent():
	letter, figures = [Change("number"), Change("closing")], [Change("figures"), Change("status")]
	assert quarterly_report.forbidden_changes(quarterly_report.PREPARED, letter) == []
	assert quarterly_report.forbidden_changes(quarterly_report.PREPARED, letter + figures) == figures
	assert quarterly_report.forbidden_changes(quarterly_report.PREPARED, figures, frozenset({"figures"})) == [
		Change("status")
	]
	assert (
		quarterly_report.forbidden_changes(quarterly_report.SENT, letter + figures, frozenset({"figures"}))
		== letter + figures
	)
