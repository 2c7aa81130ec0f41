/** What is said of a name: its signature, its documentation and its tags, as text and as the Markdown that TSDoc is. */
import type { QuickInfo, SymbolDisplayPart } from 'typescript';
import type { Json } from '../protocol/message';

/** The tags that say how to use a thing; the others, an example among them, are for who asks for more. */
const BRIEF = /^(param|returns?|throws|deprecated)$/;

/** `declaration` is the whole of it where the signature is only its first line, as for a class. */
export function describeName(info: QuickInfo, detail: number, declaration?: string): Json {
  const signature = signatureOf(info);
  const words = join(info.documentation);
  const tags = (info.tags ?? []).filter(({ name }) => detail > 0 || BRIEF.test(name)).map(({ name, text }) => ({ name, text: join(text) }));
  const code = [signature, ...(detail > 0 && declaration !== undefined && declaration !== signature ? [declaration] : [])];
  return {
    'text/plain': [...code, words, tags.map(({ name, text }) => `@${name} ${text}`.trim()).join('\n')].filter(Boolean).join('\n\n'),
    'text/markdown': [...code.map(fenced), words, tags.map(markdownTag).join('\n')].filter(Boolean).join('\n\n'),
  };
}

/** TypeScript says of an imported name that it is an alias, and where from; people ask for what it stands for. */
function signatureOf({ displayParts }: QuickInfo): string {
  const text = join(displayParts);
  const alias = /^\(alias\) (.+)\n(?:import|export) .*$/s.exec(text);
  return alias?.[1] ?? text;
}

const join = (parts: readonly Pick<SymbolDisplayPart, 'text'>[] = []): string => parts.map(({ text }) => text).join('');
const fenced = (code: string): string => `\`\`\`typescript\n${code}\n\`\`\``;
const markdownTag = ({ name, text }: { name: string; text: string }): string =>
  name === 'example' ? `*example*\n${text.includes('```') ? text : fenced(text)}` : `- *${name}* ${text}`;
