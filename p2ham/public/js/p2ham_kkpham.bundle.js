// Where a result of KKP HAM stands, in its form.
import { deliver } from "./desk/load.js";
import { KkphamStanding } from "./kkpham/standing.js";

deliver("kkpham", { KkphamStanding });
