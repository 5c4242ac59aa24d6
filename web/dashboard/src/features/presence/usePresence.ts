// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { setAvailability } from "../../api/desk";
import { keys } from "../../api/queries";
import { loadMe, type Me, saveMe } from "./storage";

/**
 * Who sits here. The wish to be available is told to the server anew whenever the stream comes (back), because the
 * server sets an agent away whose stream was gone for 10 s.
 */
export function usePresence() {
  const [me, setMe] = useState(loadMe);
  const queries = useQueryClient();
  const { mutate, isError } = useMutation({
    mutationFn: ({ name, available }: Me) => setAvailability(name, available),
    onSuccess: (availability) => queries.setQueryData(keys.availability, availability),
  });

  useEffect(() => {
    if (me) saveMe(me);
  }, [me]);

  const change = useCallback(
    (next: Me) => {
      setMe(next);
      mutate(next);
    },
    [mutate],
  );

  const tellAgain = useCallback(() => {
    if (me?.available) mutate(me);
  }, [me, mutate]);

  return { me, change, tellAgain, failed: isError };
}
