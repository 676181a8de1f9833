// What is made in the background and then handed out: the evidence of an assessment, many sheets as one PDF.
import { deliver } from "./desk/load.js";
import { DocumentBundle } from "./handout/document_bundle.js";
import { EvidencePackage } from "./handout/evidence_package.js";

deliver("handout", { DocumentBundle, EvidencePackage });
