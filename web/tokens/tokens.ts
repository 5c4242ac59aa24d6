// SPDX-License-Identifier: Apache-2.0

/**
 * The tokens that code needs as values, because a library computes with them (Mantine's colour scales) or a
 * decision is drawn at them. Everything else reads the custom properties of tokens.css; a test of the dashboard
 * holds the two files to the same values.
 */
export const colours = {
  ink: { light: "#17212b", dark: "#dfe5ea" },
  paper: { light: "#fbfaf7", dark: "#11181f" },
  card: { light: "#ffffff", dark: "#18212a" },
  rail: { light: "#0f766e", dark: "#7fe0d2" },
  struggle: { light: "#c2410c", dark: "#ff9a62" },
  critical: { light: "#b42318", dark: "#ff8a80" },
} as const;

export const fontFamily = '"Inter Variable", system-ui, sans-serif';

/** Risk at which the default policy offers help; the struggle lines are read against it. */
export const offerThreshold = 75;
