import { questionsStrings } from "./questionsStrings";

const WIDTH = 120;
const HEIGHT = 28;

/** Bars, one a week; said in words to who cannot see them. */
export function Sparkline({ counts }: { counts: readonly number[] }) {
  const most = Math.max(1, ...counts);
  const step = WIDTH / Math.max(1, counts.length);
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={questionsStrings.sparkline(counts)}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
    >
      {counts.map((count, place) => {
        const height = Math.max(1, (count / most) * HEIGHT);
        return <rect key={place} x={place * step} y={HEIGHT - height} width={step * 0.7} height={height} />;
      })}
    </svg>
  );
}
