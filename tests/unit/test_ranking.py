from p2ham.engine.lifecycle import waiting_states
from p2ham.engine.ranking import places


def test_equal_scores_share_a_place_and_the_next_is_left_out():
	assert places([80, 95, None, 80, 70]) == [2, 1, None, 2, 4]


def test_nobody_is_ranked_in_an_empty_field():
	assert places([]) == []
	assert places([None]) == [None]


def test_each_duty_waits_for_its_own_states():
	assert waiting_states({"OPD Clerk"}) == ["Draft"]
	assert waiting_states({"P2HAM Verifier"}) == ["Submitted"]
	assert waiting_states({"Kabag Hukum"}) == ["Submitted"]
	assert waiting_states({"Sekda"}) == ["Reviewed"]
	assert waiting_states({"P2HAM Observer"}) == []
	assert waiting_states(set()) == []
