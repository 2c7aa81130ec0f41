/**
 * tfjs's open scopes and gradient tapes. Code ended from outside runs no `finally`, which leaves tfjs inside a scope or a
 * tape that nobody closes, or its backend recording; this closes them, and disposes what they hold, back to where the cell
 * began.
 */
type EngineState = {
  gradientDepth: number;
  kernelDepth: number;
  activeTape: readonly TapeNode[] | null;
  profiling: boolean;
  readonly scopeStack: readonly unknown[];
};

/** An operation whose gradient is wanted, with what it keeps for that. */
type TapeNode = { readonly saved?: readonly { readonly dispose: () => void }[] };

type Engine = { readonly state: EngineState; readonly endScope: () => void; readonly backendInstance?: Backend };

/** While a function is recorded (native/recorder), its backend carries under this name what ends the recording. */
const STOP = Symbol.for('fovea.stopRecording');
type Backend = { readonly [STOP]?: () => void };

/** tfjs keeps one engine a realm, under this name. */
const engine = (): Engine | undefined => (globalThis as { _tfengine?: Engine })._tfengine;

/** Notes where tfjs stands; the function returned brings it back there. */
export function rememberEngine(): () => void {
  const state = engine()?.state;
  const { gradientDepth = 0, kernelDepth = 0, activeTape = null, profiling = false } = state ?? {};
  const scopes = state?.scopeStack.length ?? 0;
  return () => {
    const now = engine();
    if (!now) return;
    now.backendInstance?.[STOP]?.();
    for (const { saved = [] } of activeTape === null ? (now.state.activeTape ?? []) : []) for (const tensor of saved) tensor.dispose();
    Object.assign(now.state, { gradientDepth, kernelDepth, activeTape, profiling });
    while (now.state.scopeStack.length > scopes) now.endScope();
  };
}
