// SPDX-License-Identifier: Apache-2.0
import { useCaller } from "../../api/queries";
import { useCatalogue, useRules } from "../../api/words";
import { Failed } from "../../ui/Failed";
import { mayManage } from "../model/roles";
import { Editor } from "./Editor";
import { firstEdits } from "./edits";
import "../../styles/forms.css";
import "./words.css";

/** What the analyst may say to visitors and advise the desk: drafted, previewed, published. */
export default function WordsView() {
  const caller = useCaller();
  return (
    <main className="visitor-view words-view">
      <header className="visitor-head">
        <h2>Words</h2>
      </header>
      {caller.error && (
        <Failed what="Who you are" error={caller.error} onRetry={() => void caller.refetch()} />
      )}
      {caller.data && <Words site={caller.data.site} manages={mayManage(caller.data.role)} />}
    </main>
  );
}

function Words({ site, manages }: { site: string; manages: boolean }) {
  const rules = useRules(site);
  const catalogue = useCatalogue();
  const error = rules.error ?? catalogue.error;
  if (rules.data && catalogue.data) {
    const first = firstEdits(rules.data, catalogue.data);
    // Begins anew with what the server holds by now, once that is something else.
    return <Editor key={JSON.stringify(first)} {...{ site, manages, first }} overview={rules.data} />;
  }
  if (!error) return <p className="mute">Reading the rules …</p>;
  const again = () => void Promise.all([rules.refetch(), catalogue.refetch()]);
  return <Failed what="The rules" error={error} onRetry={again} />;
}
