import type { GroupMember, GroupRole } from "../protocol/generated";
import { problemIn } from "./attempt";
import type { Problem } from "./codes";
import { rightsOf } from "./groupRoles";
import type {
  GroupChanges,
  GroupDetails,
  GroupsApi,
  InvitationLink,
  Invitee,
  MadeLink,
  WantedLink,
} from "./groupsApi";
import { Line } from "./line";
import { Store } from "./store";

export interface GroupFacts {
  readonly details: GroupDetails;
  readonly members: readonly GroupMember[];
  /** Null for those who may not see them. */
  readonly links: readonly InvitationLink[] | null;
}

export interface GroupView {
  /** Null until it was read. */
  readonly facts: GroupFacts | null;
  readonly problem: Problem | null;
  /** Something is on its way. */
  readonly busy: boolean;
  /** The person left it, or deleted it. */
  readonly gone: boolean;
}

/** The refusals that say: what was shown is not what is. */
const OUTDATED: ReadonlySet<string> = new Set([
  "conversation_not_found",
  "forbidden",
  "group_archived",
  "group_full",
  "last_owner",
  "member_not_found",
]);

/** What can be done with one group. A change tells whether it was made; if not, `problem` says why. */
export class GroupDesk {
  readonly view = new Store<GroupView>({ facts: null, problem: null, busy: false, gone: false });
  private latest = 0;
  /** What was begun last: each thing is done after the one before, so that nothing a person does is passed over. */
  private readonly line = new Line();

  constructor(
    private readonly api: GroupsApi,
    readonly groupId: string,
  ) {}

  load(): Promise<boolean> {
    return this.attempt(() => Promise.resolve());
  }

  /** Something of it changed elsewhere; a failure to look is no news. */
  async look(): Promise<void> {
    if (this.view.get().busy || this.view.get().gone) return;
    await this.read().catch(problemIn);
  }

  change(changes: GroupChanges): Promise<boolean> {
    return this.attempt(() => this.api.change(this.groupId, changes));
  }

  giveRole(principal: string, role: GroupRole): Promise<boolean> {
    return this.attempt(() => this.api.giveRole(this.groupId, principal, role));
  }

  removeMember(principal: string): Promise<boolean> {
    return this.attempt(() => this.api.removeMember(this.groupId, principal));
  }

  /** Invite these people one after the other; returns those who could not be. */
  async invite(people: readonly Invitee[]): Promise<readonly Invitee[]> {
    let done = 0;
    const invited = await this.attempt(async () => {
      for (const person of people) {
        await this.api.invite(this.groupId, person);
        done++;
      }
    });
    if (!invited && done > 0) await this.look();
    return invited ? [] : people.slice(done);
  }

  /** The new link; null when it could not be made. */
  async makeLink(wanted: WantedLink): Promise<MadeLink | null> {
    let made: MadeLink | null = null;
    await this.attempt(async () => {
      made = await this.api.makeLink(this.groupId, wanted);
    });
    return made;
  }

  withdrawLink(invitationId: string): Promise<boolean> {
    return this.attempt(() => this.api.withdrawLink(this.groupId, invitationId));
  }

  leave(): Promise<boolean> {
    return this.end(() => this.api.removeMember(this.groupId, "me"));
  }

  delete(): Promise<boolean> {
    return this.end(() => this.api.remove(this.groupId));
  }

  /** The document; null when there is none, and `problem` says why. */
  async export(format: "markdown" | "json"): Promise<string | null> {
    let text: string | null = null;
    await this.attempt(async () => {
      text = await this.api.export(this.groupId, format);
    });
    return text;
  }

  /** Do something to the group, and show what is so afterwards. */
  private attempt(work: () => Promise<unknown>): Promise<boolean> {
    return this.line.do(() => this.attemptNow(work));
  }

  private async attemptNow(work: () => Promise<unknown>): Promise<boolean> {
    this.begin();
    try {
      await work();
    } catch (error) {
      await this.failed(error);
      return false;
    }
    try {
      await this.read();
      this.view.update((view) => ({ ...view, busy: false }));
      return true;
    } catch (error) {
      const problem = this.problemOf(error);
      this.view.update((view) => ({ ...view, busy: false, problem }));
      // What was to be done is done; only what is shown is old. Before anything is shown, nothing was to be done.
      return this.view.get().facts !== null;
    }
  }

  /** Do what ends the person's part in it: there is nothing to show afterwards. */
  private async end(work: () => Promise<void>): Promise<boolean> {
    this.begin();
    try {
      await work();
    } catch (error) {
      await this.failed(error);
      return false;
    }
    this.view.update((view) => ({ ...view, busy: false, gone: true }));
    return true;
  }

  private begin(): void {
    this.view.update((view) => ({ ...view, busy: true, problem: null }));
  }

  private async failed(error: unknown): Promise<void> {
    const problem = this.problemOf(error);
    if (OUTDATED.has(problem.code)) await this.read().catch(problemIn);
    this.view.update((view) => ({ ...view, busy: false, problem }));
  }

  private problemOf(error: unknown): Problem {
    try {
      return problemIn(error);
    } catch (unknown) {
      this.view.update((view) => ({ ...view, busy: false }));
      throw unknown;
    }
  }

  private async read(): Promise<void> {
    const request = ++this.latest;
    const [details, members] = await Promise.all([
      this.api.read(this.groupId),
      this.api.members(this.groupId),
    ]);
    const links = rightsOf(details).seeInvitations ? await this.api.links(this.groupId) : null;
    if (request === this.latest)
      this.view.update((view) => ({ ...view, facts: { details, members, links } }));
  }
}
