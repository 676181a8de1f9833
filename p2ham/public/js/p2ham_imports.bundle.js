// The dialogs that bring a file to the site.
import { deliver } from "./desk/load.js";
import { InstrumentImport } from "./imports/instrument.js";
import { KkphamImport } from "./imports/kkpham.js";

deliver("imports", { InstrumentImport, KkphamImport });
