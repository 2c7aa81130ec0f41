// jStat ships no types; these are the two functions that statistics.ts takes from it.
declare module 'jstat' {
  export const jStat: {
    readonly studentt: { readonly inv: (probability: number, degreesOfFreedom: number) => number };
    readonly normal: { readonly inv: (probability: number, mean: number, deviation: number) => number };
  };
}
