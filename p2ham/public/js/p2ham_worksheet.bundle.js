// The sheet of an assessment, in its form.
import { deliver } from "./desk/load.js";
import { Worksheet } from "./worksheet/worksheet.js";

deliver("worksheet", { Worksheet });
