/**
 * The few protocol buffer messages of a SavedModel that a recorded graph needs: GraphDef, NodeDef, AttrValue, TensorProto,
 * SignatureDef. Field numbers are those of tensorflow/core/framework/*.proto and
 * tensorflow/core/protobuf/{meta_graph,saved_model}.proto. Constants hold the weights, so there is no variables folder.
 */

/** TensorFlow's enum: 1 float32, 3 int32, 8 complex64, 10 bool. */
export type DataType = number;
export type Attr =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int' | 'float' | 'type'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'shape' | 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'bools'; readonly value: readonly boolean[] }
  | { readonly kind: 'tensor'; readonly dtype: DataType; readonly shape: readonly number[]; readonly bytes: Buffer };
export type Attrs = { readonly [name: string]: Attr };
/** `inputs` by name: 'Add_3', 'Split_4:1', and after them '^Mul_5' for an operation that must have run before. */
export type GraphNode = { readonly op: string; readonly name: string; readonly inputs: readonly string[]; readonly attrs: Attrs };

/** A tensor of the graph under a name of its own; -1 in the shape is any size. */
export type Port = { readonly node: string; readonly dtype: DataType; readonly shape: readonly number[] };
export type Signature = { readonly inputs: { readonly [name: string]: Port }; readonly outputs: { readonly [name: string]: Port } };

const PRODUCER = 1882; // the GraphDef version that these nodes follow; every TensorFlow from 2.16 on reads it

export function savedModel(nodes: readonly GraphNode[], tensorflow: string, signature?: Signature): Buffer {
  const graph = message([...nodes.map((node) => bytes(1, nodeDef(node))), bytes(4, message([integer(1, PRODUCER)]))]);
  const info = message([text(4, 'serve'), text(5, tensorflow)]);
  const signatures = signature ? [entry(5, 'serving_default', signatureDef(signature))] : [];
  return message([integer(1, 1), bytes(2, message([bytes(1, info), bytes(2, graph), ...signatures]))]);
}

const nodeDef = ({ name, op, inputs, attrs }: GraphNode): Buffer =>
  message([
    text(1, name),
    text(2, op),
    ...inputs.map((input) => text(3, input)),
    ...Object.entries(attrs).map(([key, attr]) => entry(5, key, attrValue(attr))),
  ]);

// most attributes of a graph are one of a few types and flags
const encoded = new Map<string, Buffer>();

export function attrValue(attr: Attr): Buffer {
  if (attr.kind !== 'type' && attr.kind !== 'bool') return encode(attr);
  const key = `${attr.kind} ${attr.value}`;
  const known = encoded.get(key) ?? encode(attr);
  encoded.set(key, known);
  return known;
}

function encode(attr: Attr): Buffer {
  switch (attr.kind) {
    case 'string':
      return text(2, attr.value);
    case 'int':
      return integer(3, attr.value);
    case 'float':
      return message([tag(4, 5), floats([attr.value])]);
    case 'bool':
      return integer(5, attr.value ? 1 : 0);
    case 'type':
      return integer(6, attr.value);
    case 'shape':
      return bytes(7, shapeProto(attr.value));
    case 'tensor':
      return bytes(8, message([integer(1, attr.dtype), bytes(2, shapeProto(attr.shape)), bytes(4, attr.bytes)]));
    case 'ints':
      return bytes(1, bytes(3, message(attr.value.map(varint))));
    case 'floats':
      return bytes(1, bytes(4, floats(attr.value)));
    case 'bools':
      return bytes(1, bytes(5, message(attr.value.map((value) => varint(value ? 1 : 0)))));
  }
}

const signatureDef = ({ inputs, outputs }: Signature): Buffer =>
  message([
    ...Object.entries(inputs).map(([name, port]) => entry(1, name, tensorInfo(port))),
    ...Object.entries(outputs).map(([name, port]) => entry(2, name, tensorInfo(port))),
    text(3, 'tensorflow/serving/predict'),
  ]);
const tensorInfo = ({ node, dtype, shape }: Port): Buffer =>
  message([text(1, `${node}:0`), integer(2, dtype), bytes(3, shapeProto(shape))]);
const shapeProto = (shape: readonly number[]): Buffer => message(shape.map((size) => bytes(2, integer(1, size))));

const message = (fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
const tag = (field: number, wire: number): Buffer => varint((field << 3) | wire);
const integer = (field: number, value: number): Buffer => message([tag(field, 0), varint(value)]);
const bytes = (field: number, value: Buffer): Buffer => message([tag(field, 2), varint(value.length), value]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
/** One entry of a map field. */
const entry = (field: number, key: string, value: Buffer): Buffer => bytes(field, message([text(1, key), bytes(2, value)]));
const floats = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

function varint(value: number): Buffer {
  if (value >= 0 && value < 128) return Buffer.of(value);
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value)); // negative numbers take ten bytes
  do {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(out);
}
