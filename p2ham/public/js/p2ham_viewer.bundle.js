// The evidence of a sheet, one document after another.
import { deliver } from "./desk/load.js";
import { EvidenceViewer } from "./viewer/viewer.js";

deliver("viewer", { EvidenceViewer });
