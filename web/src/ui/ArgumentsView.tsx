import { parseObject, readable } from "../core/schemaFields";
import { pretty } from "./pretty";
import { strings } from "./strings";

/** Arguments (JSON text) as a table a person can check, and exactly as they are. */
export function ArgumentsView({ text }: { text: string }) {
  const entries = Object.entries(parseObject(text) ?? {});
  return (
    <div className="arguments">
      {entries.length > 0 && (
        <table>
          <tbody>
            {entries.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{readable(name)}</th>
                <td>{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <details>
        <summary>{strings.rawJson}</summary>
        <pre tabIndex={0}>{pretty(text)}</pre>
      </details>
    </div>
  );
}
