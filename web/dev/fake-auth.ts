import type { Auth, Person } from "../src/core/auth";
import { Signal, Store } from "../src/core/store";

/** A person who is signed in, or nobody. */
export class FakeAuth implements Auth {
  readonly person: Store<Person | null>;
  readonly renewed = new Signal<void>();
  fresh = 0;

  constructor(person: Person | null = { id: "p1", name: "Ada Lovelace", email: "ada@salescoach.example" }) {
    this.person = new Store(person);
  }

  token({ fresh }: { fresh: boolean } = { fresh: false }): Promise<string> {
    if (fresh) this.fresh += 1;
    return Promise.resolve(`token-${this.fresh}`);
  }

  signIn(): Promise<void> {
    return Promise.resolve();
  }

  signOut(): Promise<void> {
    this.person.set(null);
    return Promise.resolve();
  }
}
