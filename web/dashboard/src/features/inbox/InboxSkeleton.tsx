// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";

export function InboxSkeleton() {
  return (
    <div role="status" aria-label="Loading the inbox">
      {[1, 2, 3].map((row) => (
        <div key={row} className="inbox-item">
          <Skeleton height={14} width="45%" my={4} />
          <Skeleton height={12} my={5} />
          <Skeleton height={18} width="60%" />
        </div>
      ))}
    </div>
  );
}
