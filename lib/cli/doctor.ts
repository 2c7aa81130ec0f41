/**
 * `fovea doctor`: one line a check: ok, warn or fail, and the command that repairs it. What it looks at is loaded check by
 * check, so that a broken package is a line here and not the end of the command. Exit code 1 when a check failed.
 */
import { Command } from 'commander';
import { type Check, type Checker, look } from './checks/check';
import { backendLoads, kernelsLoad, multiplies, ownSymbols } from './checks/computing';
import { chromium, embeddedData, fonts } from './checks/figures';
import { freeDisk, noCanvas, nodeVersion, setupSteps } from './checks/installation';
import { jupyterLab, kernelAnswers, kernelspec, zeromqLoads } from './checks/jupyter';

export function doctor(): Command {
  return new Command('doctor')
    .description('check the installation: one line a check, and the command that repairs it')
    .option('--json', 'print { ok, checks: [{ name, status, detail, repair }] }')
    .action(async ({ json = false }: { json?: boolean }) => {
      const checks: Check[] = [];
      for (const checker of await checkers()) {
        const check = await look(checker);
        checks.push(check);
        if (!json) console.log(line(check));
      }
      const ok = checks.every(({ status }) => status !== 'fail');
      console.log(json ? JSON.stringify({ ok, checks }, (_, value) => (value === undefined ? null : value), 2) : summary(checks));
      process.exitCode = ok ? 0 : 1;
    });
}

async function checkers(): Promise<Checker[]> {
  const computing = [backendLoads, kernelsLoad, multiplies, ownSymbols];
  const jupyter = [zeromqLoads, jupyterLab, kernelspec, kernelAnswers];
  return [nodeVersion, ...(await setupSteps()), ...computing, ...jupyter, fonts, chromium, noCanvas, embeddedData, freeDisk];
}

export function line({ name, status, detail, repair }: Check): string {
  const first = `${status.padEnd(5)} ${name.padEnd(19)} ${detail}`;
  return repair === undefined ? first : `${first}\n      to repair: ${repair}`;
}

export function summary(checks: readonly Check[]): string {
  const count = (wanted: Check['status']): number => checks.filter(({ status }) => status === wanted).length;
  return `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`;
}
