// SPDX-License-Identifier: Apache-2.0
/** The pages of the bank. */
export type PageName = "accounts" | "loans" | "savings" | "help";
