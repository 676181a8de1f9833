// What the form of a period opens and draws.
import { deliver } from "./desk/load.js";
import { Creation } from "./period/creation.js";
import { StepsOfHead } from "./period/steps_of_head.js";
import { Summary } from "./period/summary.js";
import { UnitChoice } from "./period/unit_choice.js";

deliver("period", { Creation, StepsOfHead, Summary, UnitChoice });
