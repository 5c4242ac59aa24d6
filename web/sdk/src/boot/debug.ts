// SPDX-License-Identifier: MIT
export { examine } from "../domain/doctor";
export { show } from "../ui/debugPanel";
