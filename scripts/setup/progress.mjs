/** One line a step: its name, what became of it, and the seconds. On a terminal the line counts while the step works. */
const live = process.stdout.isTTY && process.env.TERM !== 'dumb' && !process.env.CI;
const WIDTH = 22;

export async function timed(name, body) {
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  const label = name.padEnd(WIDTH);
  const draw = () => process.stdout.write(`\r  … ${label}${seconds()}\u001b[K`);
  const close = (mark, words) => console.log(`${live ? '\r' : ''}  ${mark} ${label}${words}${live ? '\u001b[K' : ''}`);

  if (!live) console.log(`  … ${name}`);
  const timer = live ? setInterval(draw, 200) : undefined;
  try {
    const note = await body();
    close(note ? '!' : '✓', seconds());
    if (note) console.log(`    ${note}`);
  } catch (error) {
    close('✗', seconds());
    throw error;
  } finally {
    clearInterval(timer);
  }
}

export const unchanged = (names) => names.length && console.log(`  ✓ unchanged: ${names.join(', ')}`);
export const remark = (name, note) => console.log(`  ! ${name.padEnd(WIDTH)}${note}`);
