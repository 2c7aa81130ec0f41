/** A cell that asks what a name is: `name?`, `?name`, `net.forward?`, and with two marks for more. Nothing of it is run. */
import { bold } from '../errors/bold';
import { nearest } from '../errors/nearest';
import type { ErrorContent } from '../errors/traceback';
import type { Json } from '../protocol/message';

export type Question = { readonly name: string; readonly detail: number };

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Start}$_#][\p{ID_Continue}$]*)*`;
const ASKED = new RegExp(String.raw`^\s*(?:(?<before>\?{1,2})\s*(?<first>${NAME})|(?<second>${NAME})\s*(?<after>\?{1,2}))\s*;?\s*$`, 'u');

export function question(source: string): Question | undefined {
  const { before = '', after = '', first, second } = ASKED.exec(source)?.groups ?? {};
  const name = first ?? second;
  return name === undefined ? undefined : { name, detail: (before + after).length - 1 };
}

/** Shown by JupyterLab below the cell, by a console in its pager. */
export const page = (data: Json): Json => ({ source: 'page', data, start: 0 });

/** `names` are those that could have been meant: in scope, or members of what stands before the last dot. */
export function unknownName(name: string, names: readonly string[]): ErrorContent {
  const [last = '', ...owner] = name.split('.').reverse();
  const near = nearest(last, names);
  const what = owner.length === 0 ? `${name} is not declared` : `${owner.reverse().join('.')} has no member ${last}`;
  const evalue = `${what}${near === undefined ? '' : `; did you mean ${near}?`}`;
  return { ename: 'ReferenceError', evalue, traceback: [`${bold('ReferenceError')}: ${evalue}`] };
}
