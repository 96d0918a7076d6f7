import bytes from 'bytes';
import ms from 'ms';

/** Such as `12.5MB`. */
export function showBytes(count: number): string {
  return bytes.format(count, { decimalPlaces: 1 }) ?? String(count);
}

/** Such as `3m` or `-2h`. */
export function showDuration(milliseconds: number): string {
  return ms(Math.round(milliseconds));
}

/** Such as `97.3 %`; a dash where nothing is to be shared. */
export function showShare(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`;
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
