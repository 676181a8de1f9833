// What was signed, in the form of an approved assessment.
import { deliver } from "./desk/load.js";
import { SignedCopies } from "./signed_copies/signed_copies.js";

deliver("signed_copies", { SignedCopies });
