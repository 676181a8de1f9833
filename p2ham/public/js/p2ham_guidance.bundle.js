// What the form of guidance opens and draws.
import { deliver } from "./desk/load.js";
import { Attachments } from "./guidance/attachments.js";
import { Invitation } from "./guidance/invitation.js";
import { Participants } from "./guidance/participants.js";
import { Steps } from "./guidance/steps.js";

deliver("guidance", { Attachments, Invitation, Participants, Steps });
