"""Effective shares and sums of weights, worked by hand."""

import copy
from fractions import Fraction

from test_instrument import SMALL

from p2ham.engine import weights
from p2ham.engine.instrument import read


def kkp(**changes) -> dict:
	"""Two rights, each structure 10, process 30, outcome 60 (Permenkumham 34/2016, per right)."""
	data = copy.deepcopy(SMALL)
	data["criteria"] = [
		{"code": code, "title": code, "parent": None, "weight": 1, "weight_total": 100} for code in ("1", "2")
	]
	data["indicators"] = [
		{**SMALL["indicators"][0], "code": f"{right}.{aspect}", "criterion": right, "weight": weight}
		for right in ("1", "2")
		for aspect, weight in (("S", 10), ("P", 30), ("H", 60))
	]
	data.update(changes)
	return data


def test_a_share_is_divided_by_weight_on_every_level():
	of_criteria, of_indicators = weights.shares(read(kkp()))
	assert of_criteria == {"1": 50, "2": 50}
	assert of_indicators["1.S"] == 5  # 10 / 100 of 50
	assert of_indicators["2.H"] == 30  # 60 / 100 of 50
	assert sum(of_indicators.values()) == 100


def test_thirds_stay_exact():
	data = kkp()
	data["criteria"].append({**data["criteria"][0], "code": "3"})
	data["indicators"].append({**data["indicators"][0], "code": "3.S", "criterion": "3", "weight": 100})
	assert weights.shares(read(data))[0]["3"] == Fraction(100, 3)


def test_siblings_that_add_up_to_what_the_regulation_says_are_not_mentioned():
	assert weights.warnings(read(kkp())) == []


def test_siblings_that_do_not_add_up_are_named_with_both_sums():
	data = kkp(weight_total=7)
	data["indicators"][2]["weight"] = 60.5
	texts = [str(fault) for fault in weights.warnings(read(data))]
	assert texts == [
		"the weights below it add up to 2; the regulation says 7",
		"$.criteria[0]: the weights below it add up to 100.5; the regulation says 100",
	]
