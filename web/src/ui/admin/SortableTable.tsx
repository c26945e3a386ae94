import { useMemo, useState, type ReactNode } from "react";
import { sorted, type Cell, type Sorting } from "../../core/adminTables";
import { figure } from "./adminStrings";

export interface Column<R> {
  readonly title: string;
  /** What it is put in order by, and shown as where nothing else is said. */
  readonly cell: (row: R) => Cell;
  readonly shown?: (row: R) => ReactNode;
  readonly numeric?: boolean;
}

interface TableProps<R> {
  readonly caption: string;
  readonly testId: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
  /** How it is in order at first. */
  readonly first: Sorting;
  /** The last line, such as sums. */
  readonly foot?: readonly ReactNode[];
  /** What can be done with a row. */
  readonly action?: { readonly title: string; readonly of: (row: R) => ReactNode };
}

/** A table that can be put in order by each of its columns. */
export function SortableTable<R>(props: TableProps<R>) {
  const { caption, testId, columns, rows, keyOf, first, foot, action } = props;
  const [how, setHow] = useState(first);
  const ordered = useMemo(
    () => sorted(rows, (row, place) => columns[place]?.cell(row) ?? "", how),
    [rows, columns, how],
  );
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={caption}>
      <table className="admin-table" data-testid={testId}>
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, place) => (
              <Head key={column.title} {...{ column, place, how, setHow }} />
            ))}
            {action && (
              <th scope="col">
                <span className="hidden">{action.title}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {ordered.map((row) => (
            <tr key={keyOf(row)}>
              <Cells columns={columns} row={row} />
              {action && <td>{action.of(row)}</td>}
            </tr>
          ))}
        </tbody>
        {foot && <Foot columns={columns} foot={foot} />}
      </table>
    </div>
  );
}

/** A number is put in order from the most at first, words from the beginning of the alphabet. */
function Head<R>(props: {
  readonly column: Column<R>;
  readonly place: number;
  readonly how: Sorting;
  readonly setHow: (how: Sorting) => void;
}) {
  const { column, place, how, setHow } = props;
  const usual = column.numeric ? "descending" : "ascending";
  const other = how.direction === "ascending" ? "descending" : "ascending";
  const sort = how.by === place ? how.direction : "none";
  return (
    <th scope="col" aria-sort={sort} data-numeric={column.numeric}>
      <button
        type="button"
        onClick={() => {
          setHow({ by: place, direction: how.by === place ? other : usual });
        }}
      >
        {column.title}
        {sort !== "none" && <span aria-hidden="true">{sort === "ascending" ? "▲" : "▼"}</span>}
      </button>
    </th>
  );
}

function Cells<R>({ columns, row }: { columns: readonly Column<R>[]; row: R }) {
  return columns.map((column, place) => {
    const shown = column.shown ? column.shown(row) : figure(column.cell(row));
    if (place === 0)
      return (
        <th key={place} scope="row">
          {shown}
        </th>
      );
    return (
      <td key={place} data-numeric={column.numeric}>
        {shown}
      </td>
    );
  });
}

function Foot<R>({ columns, foot }: { columns: readonly Column<R>[]; foot: readonly ReactNode[] }) {
  return (
    <tfoot>
      <tr>
        {foot.map((shown, place) =>
          place === 0 ? (
            <th key={place} scope="row">
              {shown}
            </th>
          ) : (
            <td key={place} data-numeric={columns[place]?.numeric}>
              {shown}
            </td>
          ),
        )}
      </tr>
    </tfoot>
  );
}
