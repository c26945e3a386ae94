import type { Voice } from "../../voice/voice";
import { useStore } from "../useStore";
import { voiceStrings } from "./voiceStrings";

/** How the person spoke, for the person alone. */
export function DeliverySummary({ voice }: { voice: Voice }) {
  const delivery = useStore(voice.delivery);
  if (delivery.words === 0) return <p>{voiceStrings.nothingMeasured}</p>;
  const rows = [
    [voiceStrings.pace, voiceStrings.paceValue(delivery)],
    [voiceStrings.fillers, voiceStrings.fillersValue(delivery)],
    [voiceStrings.talkShare, voiceStrings.talkShareValue(delivery)],
    [voiceStrings.longest, voiceStrings.longestValue(delivery)],
    [voiceStrings.spoken, voiceStrings.spokenValue(delivery)],
  ] as const;
  return (
    <div className="delivery" data-testid="delivery-summary">
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>{voiceStrings.deliveryNote}</p>
      <button
        type="button"
        className="secondary"
        onClick={() => {
          voice.forget();
        }}
      >
        {voiceStrings.startOver}
      </button>
    </div>
  );
}
