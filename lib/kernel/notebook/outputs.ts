/** A kernel's messages as outputs of a cell, joined and updated as JupyterLab does. */
import type { Message } from '../protocol/message';
import type { CodeCell, JsonObject, JsonValue, Output } from './notebook';

/** Which outputs a later update of the same display changes. */
export type DisplayIds = Map<string, Output[]>;

export function addOutput(cell: CodeCell, message: Message, displays: DisplayIds): void {
  const content = message.content as JsonObject;
  const id = displayId(content);
  switch (message.header.msg_type) {
    case 'stream':
      addText(cell, String(content.name), String(content.text));
      break;
    case 'error':
      cell.outputs.push({ output_type: 'error', ename: content.ename!, evalue: content.evalue!, traceback: content.traceback! });
      break;
    case 'execute_result':
      cell.outputs.push({ output_type: 'execute_result', execution_count: content.execution_count!, ...bundle(content) });
      break;
    case 'display_data': {
      const output: Output = { output_type: 'display_data', ...bundle(content) };
      cell.outputs.push(output);
      if (id !== undefined) displays.set(id, [...(displays.get(id) ?? []), output]);
      break;
    }
    case 'update_display_data':
      for (const output of displays.get(id ?? '') ?? []) Object.assign(output, bundle(content));
      break;
    case 'clear_output':
      cell.outputs = [];
  }
}

export const errorOutput = (ename: string, evalue: string): Output => ({
  output_type: 'error',
  ename,
  evalue,
  traceback: [`${ename}: ${evalue}`],
});

function addText(cell: CodeCell, name: string, text: string): void {
  const last = cell.outputs.at(-1);
  if (last?.output_type === 'stream' && last.name === name) last.text = `${last.text}${text}`;
  else cell.outputs.push({ output_type: 'stream', name, text });
}

function bundle(content: JsonObject): { data: JsonValue; metadata: JsonValue } {
  return { data: content.data ?? {}, metadata: content.metadata ?? {} };
}

function displayId(content: JsonObject): string | undefined {
  const id = (content.transient as JsonObject | undefined)?.display_id;
  return typeof id === 'string' ? id : undefined;
}
