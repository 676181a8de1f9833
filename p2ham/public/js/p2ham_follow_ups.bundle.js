// Suggested follow-ups, edited and created together.
import { deliver } from "./desk/load.js";
import { FollowUpDialog } from "./follow_ups/dialog.js";

deliver("follow_ups", { FollowUpDialog });
