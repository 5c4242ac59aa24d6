// SPDX-License-Identifier: Apache-2.0
import { Kbd, Modal } from "@mantine/core";

const shortcuts: [string[], string][] = [
  [["j", "↓"], "next conversation"],
  [["k", "↑"], "previous conversation"],
  [["Enter"], "open it"],
  [["r"], "write a reply"],
  [["Esc"], "leave the reply"],
  [["g", "i"], "go to the inbox"],
  [["g", "v"], "go to visitors"],
  [["g", "m"], "go to the model"],
  [["g", "w"], "go to the words"],
  [["?"], "this list"],
];

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard"
      centered
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <dl className="shortcuts">
        {shortcuts.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
