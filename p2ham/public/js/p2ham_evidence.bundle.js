// Uploading evidence, and choosing among what is there.
import { deliver } from "./desk/load.js";
import { EvidencePicker } from "./evidence/picker.js";
import { EvidenceUpload } from "./evidence/upload.js";

deliver("evidence", { EvidencePicker, EvidenceUpload });
