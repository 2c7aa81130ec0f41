// Runs a bundle of specifications with jasmine on the native backend: `node runSpecs.mjs BUNDLE REPORT`.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [bundle, report] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const env = load('jasmine-core').boot(true).getEnv();
const counts = { passed: 0, failed: 0, pending: 0 };
const failures = [];
env.configure({ random: false });
env.addReporter({
  specDone({ status, fullName, failedExpectations }) {
    counts[status] += 1;
    if (status === 'failed') failures.push({ name: fullName, message: failedExpectations[0]?.message ?? '' });
  },
  jasmineDone() {
    writeFileSync(report, JSON.stringify({ ...counts, failures }));
    process.exit(0); // specifications leave timers behind
  },
});
await load('fovea').ready();
load(bundle);
env.execute();
