/**
 * Makes the files of this folder from the full Fashion-MNIST: node data/fashion-mini/make.mjs [folder of the full set] [folder to write to]
 *
 * Choice: within each class the images are ordered by sha256("fashion-mini 1 <part> <index>") and the first 300 (train)
 * or 100 (test) are taken, then all are put in the order of the full set. No generator of random numbers is involved, so
 * any language can repeat it. The index of each image in its full part is kept in `<part>-indices-idx1-int.gz`.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const from = process.argv[2] ?? '/usr/share/datasets/fashion-mnist';
const to = process.argv[3] ?? dirname(fileURLToPath(import.meta.url));
const side = 28;

// of the decompressed files: Debian strips name and time from the gzip header, so the .gz differ from upstream's
const parts = [
  {
    part: 'train',
    perClass: 300,
    images: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    labels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  {
    part: 't10k',
    perClass: 100,
    images: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    labels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
];

for (const { part, perClass, images, labels } of parts) {
  const pixels = read(`${part}-images-idx3-ubyte.gz`, images).subarray(16);
  const classes = read(`${part}-labels-idx1-ubyte.gz`, labels).subarray(8);
  const order = (index) => sha256(`fashion-mini 1 ${part} ${index}`);
  const chosen = [];
  for (let label = 0; label < 10; label++) {
    const ofClass = [...classes.keys()].filter((index) => classes[index] === label).map((index) => ({ index, key: order(index) }));
    ofClass.sort((a, b) => (a.key < b.key ? -1 : 1));
    chosen.push(...ofClass.slice(0, perClass).map(({ index }) => index));
  }
  chosen.sort((a, b) => a - b);

  const image = side * side;
  const indices = Buffer.alloc(4 * chosen.length);
  chosen.forEach((index, row) => indices.writeInt32BE(index, 4 * row));
  write(`${part}-images-idx3-ubyte.gz`, 0x08, [chosen.length, side, side], Buffer.concat(chosen.map((i) => pixels.subarray(i * image, (i + 1) * image))));
  write(`${part}-labels-idx1-ubyte.gz`, 0x08, [chosen.length], Buffer.from(chosen.map((i) => classes[i])));
  write(`${part}-indices-idx1-int.gz`, 0x0c, [chosen.length], indices);
}

function read(name, expected) {
  const bytes = gunzipSync(readFileSync(join(from, name)));
  const found = sha256(bytes);
  if (found !== expected) throw new Error(`${join(from, name)}: expected sha256 ${expected} after decompression, found ${found}`);
  return bytes;
}

function write(name, type, shape, body) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  shape.forEach((size, axis) => header.writeInt32BE(size, 4 + 4 * axis));
  const bytes = Buffer.concat([header, body]);
  const packed = gzipSync(bytes, { level: 9 }); // no name and no time in its header
  packed[9] = 255; // operating system: unknown
  writeFileSync(join(to, name), packed);
  console.log(`${name}  ${packed.length} bytes, decompressed ${bytes.length} bytes, sha256 ${sha256(bytes)}`);
}

function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}
