// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "../../tokens/tokens.css";
import "./base.css";
import "./site/site.css";
import "./loan/loan.css";
import "./panel/panel.css";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root to draw into.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
