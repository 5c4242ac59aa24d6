// SPDX-License-Identifier: Apache-2.0
import { Button, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { signIn } from "../../api/session";

interface Props {
  onSignedIn(): void;
}

/** Asked where the server wants to know who comes. The token stays here only until it is sent. */
export function SignIn({ onSignedIn }: Props) {
  const [token, setToken] = useState("");
  const { mutate, error, isPending } = useMutation({ mutationFn: signIn, onSuccess: onSignedIn });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (token.trim()) mutate(token.trim());
  }

  return (
    <main className="welcome">
      <form className="welcome-card" onSubmit={submit}>
        <h1>Sign in</h1>
        <p className="mute">With the token that your administrator made for you: it begins with hr_agent_.</p>
        <PasswordInput
          label="Your token"
          autoComplete="current-password"
          maxLength={200}
          value={token}
          error={error?.message}
          onChange={(event) => setToken(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" fullWidth size="md" mt="md" loading={isPending}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
