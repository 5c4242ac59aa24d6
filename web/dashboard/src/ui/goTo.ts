// SPDX-License-Identifier: Apache-2.0
import { navigate, paths } from "../router";

/** The keys that lead to another view, from anywhere on the desk. */
export const goTo = {
  "g i": () => navigate(paths.inbox),
  "g v": () => navigate(paths.visitors),
  "g m": () => navigate(paths.models),
  "g w": () => navigate(paths.words),
};
