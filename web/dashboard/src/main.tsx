// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { createQueryClient } from "./api/queries";
import { resolver, theme } from "./theme";
import "./mantine.css";
import "../../tokens/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./features/presence/presence.css";
import "./features/inbox/inbox.css";
import "./features/conversation/conversation.css";
import "./features/journey/journey.css";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root to draw into.");
const queries = createQueryClient();
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
