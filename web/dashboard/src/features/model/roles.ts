// SPDX-License-Identifier: Apache-2.0

/** Whether a role may change the site's models (`x-access: manage`); the server asks again at each change. */
export function mayManage(role: string | undefined): boolean {
  return role === "admin" || role === "owner";
}
