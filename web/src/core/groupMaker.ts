import { problemIn } from "./attempt";
import type { Problem } from "./codes";
import type { CopiedGroup, GroupsApi, Invitee, SessionPart } from "./groupsApi";
import { Store } from "./store";

export interface WantedGroup {
  readonly title: string;
  readonly description: string;
  readonly invitees: readonly Invitee[];
  /** What it begins with; null: nothing. */
  readonly part: SessionPart | null;
}

export interface MakingView {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** It exists, but not everything was done that was asked for: doing it again goes on there. */
  readonly begun: boolean;
}

/** So many people can be invited while a group is made. */
export const MOST_INVITED = 40;

/** Makes one group; whatever fails can be tried again, and nothing is made twice. */
export class GroupMaker {
  readonly view = new Store<MakingView>({ busy: false, problem: null, begun: false });
  /** The last group asked for; asked for again, it goes under the same key. */
  private asked: { readonly words: string; readonly key: string } | null = null;
  private copied: CopiedGroup | null = null;
  private readonly invited = new Set<string>();

  constructor(
    private readonly api: GroupsApi,
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {}

  /** The group's id; null when it could not be made as wanted, and `problem` says why. */
  async make(wanted: WantedGroup): Promise<string | null> {
    this.view.update((view) => ({ ...view, busy: true, problem: null }));
    try {
      const groupId = await this.madeOf(wanted);
      this.reset();
      return groupId;
    } catch (error) {
      this.view.update((view) => ({ ...view, busy: false }));
      const problem = problemIn(error);
      this.view.update((view) => ({ ...view, problem, begun: this.copied !== null }));
      return null;
    }
  }

  private madeOf(wanted: WantedGroup): Promise<string> {
    const { part } = wanted;
    return part || this.copied ? this.copy(wanted, part) : this.create(wanted);
  }

  private async create({ title, description, invitees }: WantedGroup): Promise<string> {
    const group = { title, description, members: invitees };
    return (await this.api.create(group, this.keyOf(group))).group_id;
  }

  /** A copy begins without description and people: they come afterwards, those who are missing still. */
  private async copy(
    { title, description, invitees }: WantedGroup,
    part: SessionPart | null,
  ): Promise<string> {
    if (!this.copied && part)
      this.copied = await this.api.createFrom(part, title, this.keyOf({ title, part }));
    const group = this.copied?.group;
    if (!group) throw new Error("there is nothing to go on with");
    const changes = {
      ...(title !== group.title && { title }),
      ...(description !== group.description && { description }),
    };
    if (Object.keys(changes).length > 0) await this.api.change(group.group_id, changes);
    for (const invitee of invitees) {
      const name = `${invitee.principal} ${invitee.role}`;
      if (!this.invited.has(name)) await this.api.invite(group.group_id, invitee);
      this.invited.add(name);
    }
    return group.group_id;
  }

  private keyOf(asked: object): string {
    const words = JSON.stringify(asked);
    if (this.asked?.words !== words) this.asked = { words, key: this.newId() };
    return this.asked.key;
  }

  private reset(): void {
    this.asked = null;
    this.copied = null;
    this.invited.clear();
    this.view.set({ busy: false, problem: null, begun: false });
  }
}
