from p2ham.engine.ranking import places


def test_equal_scores_share_a_place_and_the_next_is_left_out():
	assert places([80, 95, None, 80, 70]) == [2, 1, None, 2, 4]


def test_nobody_is_ranked_in_an_empty_field():
	assert places([]) == []
	assert places([None]) == [None]
