import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { FakeRequests } from "../../dev/fake-groups";
import AdminArea from "../../src/ui/admin/AdminArea";
import { adminRoute, go, goToAdmin } from "../../src/ui/route";
import { useStore } from "../../src/ui/useStore";

/** The administration over answers that a test sets up. */
export class AdminPlace {
  http = new FakeRequests();

  constructor() {
    beforeEach(() => {
      this.http = new FakeRequests();
    });
    afterEach(() => {
      cleanup();
      go(null, { replace: true });
    });
  }

  async open(page: string, query = ""): Promise<void> {
    goToAdmin({ page, query });
    render(<Shown http={this.http} />);
    await settle();
  }
}

function Shown({ http }: { http: FakeRequests }) {
  const place = useStore(adminRoute);
  return place && <AdminArea http={http} place={place} />;
}

export async function settle(): Promise<void> {
  await act(async () => {
    await vi.dynamicImportSettled();
    await new Promise((resolve) => setTimeout(resolve));
  });
}

export async function click(found: HTMLElement): Promise<void> {
  fireEvent.click(found);
  await settle();
}

/** The texts of a table's lines. */
export function lines(testId: string): string[][] {
  const rows = within(screen.getByTestId(testId)).getAllByRole("row");
  return rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent));
}

export const usage = (input: number, output: number, cost: number) => ({
  input_tokens: input,
  cached_input_tokens: 1,
  output_tokens: output,
  cost_micros: cost,
});
