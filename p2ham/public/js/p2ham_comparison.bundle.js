// An assessment beside an earlier one.
import { Comparison } from "./comparison/comparison.js";
import { deliver } from "./desk/load.js";

deliver("comparison", { Comparison });
