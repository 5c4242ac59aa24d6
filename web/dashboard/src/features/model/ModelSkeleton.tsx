// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";

export function ModelSkeleton() {
  return (
    <div className="model-page" role="status" aria-label="Loading the models">
      <Skeleton height={24} width="50%" />
      <Skeleton height={148} radius={16} />
      <Skeleton height={180} radius={16} />
      <Skeleton height={320} radius={16} />
    </div>
  );
}
