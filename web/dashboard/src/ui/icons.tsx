// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export function InboxIcon() {
  return (
    <Icon>
      <path d="M4 13l3-8h10l3 8v6H4zM4 13h5l1.5 2.5h3L15 13h5" />
    </Icon>
  );
}

export function VisitorIcon() {
  return (
    <Icon>
      <path d="M4 18c3 0 3-10 7-10s3 6 6 6 2-8 3-8" />
      <circle cx="4" cy="18" r="1.4" />
    </Icon>
  );
}

export function WordsIcon() {
  return (
    <Icon>
      <path d="M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5" />
    </Icon>
  );
}

export function ModelIcon() {
  return (
    <Icon>
      <path d="M4 20V4M4 20h16M7 16.5C11 16 11 8 19 6" />
      <circle cx="12.6" cy="10.8" r="1.4" />
    </Icon>
  );
}

export function KeyboardIcon() {
  return (
    <Icon>
      <rect x="3" y="6" width="18" height="12" rx="2.5" />
      <path d="M7 10h.01M11 10h.01M15 10h.01M8 14h8" />
    </Icon>
  );
}

export function ThemeIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="8" />
      <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
    </Icon>
  );
}

export function BackIcon() {
  return (
    <Icon>
      <path d="M15 5l-7 7 7 7" />
    </Icon>
  );
}
