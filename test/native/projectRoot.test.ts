import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/native/projectRoot';

describe('projectRoot', () => {
  it('is the folder above lib, wherever the user stands', () => {
    const before = process.cwd();
    process.chdir('/');
    try {
      expect(projectRoot()).toBe(join(__dirname, '../..'));
      expect(existsSync(join(projectRoot(), 'data', 'fashion-mini'))).toBe(true);
    } finally {
      process.chdir(before);
    }
  });
});
