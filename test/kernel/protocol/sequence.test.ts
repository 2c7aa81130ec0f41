import { describe, expect, it } from 'vitest';
import { newMessage } from '../../../lib/kernel/protocol/message';
import { sequenceCheck, sequenceNumbers } from '../../../lib/kernel/protocol/sequence';

describe('the numbers of published messages', () => {
  it('show that three of seven did not arrive: the third, the fifth and the sixth', () => {
    const numbered = sequenceNumbers();
    const check = sequenceCheck();
    const all = Array.from({ length: 7 }, () => numbered(newMessage('stream', {}, 'a')));
    for (const at of [0, 1, 3, 6]) check.heard(all[at]!);
    expect(check.lost()).toBe(3);
  });

  it('say nothing of what was sent before somebody listened', () => {
    const numbered = sequenceNumbers();
    const check = sequenceCheck();
    numbered(newMessage('stream', {}, 'a'));
    check.heard(numbered(newMessage('stream', {}, 'a')));
    check.heard(newMessage('stream', {}, 'of a kernel that does not number'));
    expect(check.lost()).toBe(0);
  });
});
