/** One line of progress: label, bar, count, rate, time left and a note. */

const width = 24;

type State = { label: string; unit: string; done: number; total: number; seconds: number; note: string };

export function line({ label, unit, done, total, seconds, note }: State): string {
  const filled = Math.round((done / total) * width);
  const rate = seconds > 0 ? done / seconds : 0;
  const pace = rate > 0 ? `  ${rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2)} ${unit}/s  ${duration((total - done) / rate)} left` : '';
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total} ${unit}${pace}${note && `  ${note}`}`;
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
