// SPDX-License-Identifier: MIT
export { startUi as start } from "../ui/ui";
