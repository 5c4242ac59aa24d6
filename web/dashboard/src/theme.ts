// SPDX-License-Identifier: Apache-2.0
import {
  type CSSVariablesResolver,
  colorsTuple,
  createTheme,
  defaultVariantColorsResolver,
  type VariantColorsResolver,
} from "@mantine/core";
import { colours, fontFamily } from "../../tokens/tokens";

/** Filled is the one primary act of a view, default is every other; both read the tokens and so follow the theme. */
const variants: VariantColorsResolver = (input) => {
  if (input.variant === "filled") {
    return {
      background: "var(--rail)",
      hover: "color-mix(in oklab, var(--rail), var(--ink) 14%)",
      color: "var(--on-rail)",
      border: "1px solid transparent",
    };
  }
  if (input.variant === "subtle") {
    return { background: "transparent", hover: "var(--sunk)", color: "var(--ink)", border: "none" };
  }
  return defaultVariantColorsResolver(input);
};

/** Mantine's scale for its dark theme, from text to ground, through our own ink, card and paper. */
const darkScale = [
  colours.ink.dark,
  "#c3ccd4",
  "#8b98a5",
  "#6b7986",
  "#33414d",
  "#26323d",
  colours.card.dark,
  colours.paper.dark,
  "#0d1319",
  "#090d12",
] as const;

export const theme = createTheme({
  fontFamily,
  fontSizes: { sm: "14px" },
  colors: { rail: colorsTuple(colours.rail.light), dark: darkScale },
  primaryColor: "rail",
  defaultRadius: "10px",
  focusRing: "auto",
  respectReducedMotion: true,
  variantColorResolver: variants,
});

const themed = {
  "--mantine-color-body": "var(--paper)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--mute)",
  "--mantine-color-placeholder": "var(--mute)",
  "--mantine-color-error": "var(--critical)",
  "--mantine-color-default": "var(--card)",
  "--mantine-color-default-hover": "var(--sunk)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-primary-color-filled": "var(--rail)",
};

export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: themed, dark: themed });
