/** The same positions, moved apart as little as a simple sweep can so that neighbours keep a distance. */
export function spread(positions: readonly number[], distance: number): number[] {
  const order = positions.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at);
  const groups: { sum: number; size: number; members: number[] }[] = [];
  const start = (g: { sum: number; size: number }): number => g.sum / g.size - ((g.size - 1) * distance) / 2;
  for (const { at, i } of order) {
    let group = { sum: at, size: 1, members: [i] };
    for (let before = groups.at(-1); before && start(before) + before.size * distance > start(group); before = groups.at(-1)) {
      groups.pop();
      group = { sum: before.sum + group.sum, size: before.size + group.size, members: [...before.members, ...group.members] };
    }
    groups.push(group);
  }
  const moved = [...positions];
  for (const group of groups) for (const [k, i] of group.members.entries()) moved[i] = start(group) + k * distance;
  return moved;
}
