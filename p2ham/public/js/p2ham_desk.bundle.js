// What every page of the desk has of ours, in the order in which it is needed.
import "./desk/mark.js";
import "./desk/text.js";
import "./desk/pill.js";
import "./desk/send.js";
import "./plain_text.js";
import "./reports.js";
import "./workspace_blocks.js";
import "./documents.js";
import "./follow_up_dialog.js";
