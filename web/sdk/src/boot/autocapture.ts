// SPDX-License-Identifier: MIT
export { startCapture as start } from "../browser/capture/capture";
