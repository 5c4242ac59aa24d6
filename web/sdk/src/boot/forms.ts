// SPDX-License-Identifier: MIT
export { startForms as start } from "../browser/capture/forms";
