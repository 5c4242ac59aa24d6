// SPDX-License-Identifier: MIT
import { guard } from "./guard";

export type Off = () => void;

export interface Emitter<Events> {
  on<K extends keyof Events>(name: K, callback: (payload: Events[K]) => void): Off;
  emit<K extends keyof Events>(name: K, payload: Events[K]): void;
}

/** A callback that throws stops neither the others nor the SDK. */
export function createEmitter<Events>(): Emitter<Events> {
  const callbacks = new Map<keyof Events, Set<(payload: never) => void>>();
  return {
    on(name, callback) {
      const safe = guard(callback);
      const set = callbacks.get(name) || new Set();
      callbacks.set(name, set.add(safe));
      return () => set.delete(safe);
    },
    emit(name, payload) {
      callbacks.get(name)?.forEach((callback) => callback(payload as never));
    },
  };
}
