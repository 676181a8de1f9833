// The tree of an instrument, in its form.
import { deliver } from "./desk/load.js";
import { InstrumentStructure } from "./instrument/structure.js";

deliver("instrument", { InstrumentStructure });
