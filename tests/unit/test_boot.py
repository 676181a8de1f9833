"""What the desk is told of duties, and that its scripts have no list of their own."""

import json
import re
from pathlib import Path

from p2ham.engine.duties import ROLES
from p2ham.setup import boot

APP = Path(__file__).parents[2] / "p2ham"


def told() -> dict[str, list[str]]:
	bootinfo: dict = {}
	boot.extend(bootinfo)
	return json.loads(json.dumps(bootinfo))["p2ham"]["duties"]


def test_each_duty_has_a_name_of_its_own():
	alone = [names for names in told().values() if len(names) == 1]
	assert sorted(alone) == sorted([name] for name in ROLES)


def test_what_several_do_together_is_made_of_duties():
	assert {name for names in told().values() for name in names} == set(ROLES)
	assert told()["bagian_hukum"] == ["P2HAM Verifier", "Kabag Hukum"]


def test_no_script_asks_for_a_role_by_its_name():
	asked = [
		f"{path.relative_to(APP)}: {found}"
		for path in APP.rglob("*.js")
		for found in re.findall(r"has_role\(\s*[\"'].*", path.read_text(encoding="utf-8"))
	]
	assert not asked


def test_every_name_that_a_script_asks_for_is_told():
	asked = {
		name
		for path in APP.rglob("*.js")
		for names in re.findall(
			r"^[^/\n]*\bholds\(((?:\"\w+\"(?:, )?)+)\)", path.read_text(encoding="utf-8"), re.M
		)
		for name in re.findall(r"\w+", names)
	}
	assert asked
	assert asked <= set(told())
