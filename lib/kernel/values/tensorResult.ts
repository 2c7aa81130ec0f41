/** A tensor as a cell's value: words, numbers and a picture. Nothing of it stays behind on the backend. */
import * as tf from '@tensorflow/tfjs-core';
import type { Bundle } from '../../display/kernel';
import { isSymbolic, kindOf, type Symbolic } from './tensorLike';
import { tensorPicture } from './tensorPicture';
import { magnitudes, statistics } from './tensorRead';
import { summary, valuesText } from './tensorText';
import { escaped } from './valueText';

export function tensorResult(tensor: tf.Tensor | Symbolic): Bundle {
  if (isSymbolic(tensor)) return words(`symbolic ${kindOf(tensor)} '${tensor.name}': it has values once its model is called`);
  if (tensor.isDisposed) return words(`${kindOf(tensor)}: its values are gone; \`keep\` them, or return them from the tidy`);
  tf.engine().startScope();
  try {
    return shown(tensor);
  } finally {
    tf.engine().endScope();
  }
}

function shown(tensor: tf.Tensor): Bundle {
  const readable = tensor.dtype === 'string' || tensor.size === 0 ? undefined : magnitudes(tensor);
  const found = readable && statistics(readable);
  const picture = readable && found && tensorPicture(readable, found);
  const [head, values] = [summary(tensor, found), valuesText(tensor)];
  if (!picture) return words(`${head}\n${values}`);
  const { png, width, height } = picture;
  const above = `${head}\n${picture.words}`;
  const base64 = Buffer.from(png).toString('base64');
  // JupyterLab draws one form of a value only, the html before the picture: so the html holds both
  const image = `<img src="data:image/png;base64,${base64}" width="${width}" height="${height}" alt="${escaped(picture.words.replaceAll('\n', ', '))}">`;
  return {
    data: {
      'text/plain': `${above}\n${values}`,
      'text/html': `${pre(above)}\n${image}\n${pre(values)}`,
      'image/png': base64,
    },
    metadata: { 'image/png': { width, height } },
  };
}

/** Without the margins that JupyterLab gives to code in running text. */
const pre = (text: string): string => `<pre style="margin: 0">${escaped(text)}</pre>`;

const words = (text: string): Bundle => ({ data: { 'text/plain': text }, metadata: {} });
