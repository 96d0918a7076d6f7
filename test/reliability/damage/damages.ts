import { type Random } from '../../support/seeded-random.js';
import { type FileImage, type SoundFile } from './sound-file.js';

const SECTOR = 512;

/** What can befall a file; each changes the image it is given. */
export const damages: Readonly<Record<string, (image: FileImage, random: Random, sound: SoundFile) => void>> =
  {
    'flipped bit': (image, random) => flipBits(image, random, 1),
    'flipped bits': (image, random) => flipBits(image, random, 1 + random(200)),
    'flipped bits of the header': ({ main }, random) => flipBit(main, random, 100),
    'zeroed sectors': (image, random) => {
      for (let count = 1 + random(4); count > 0; count -= 1) {
        const file = either(image, random);
        const start = sectorOf(file, random);
        file.fill(0, start, Math.min(file.length, start + SECTOR));
      }
    },
    'sectors of garbage': (image, random) => {
      const file = either(image, random);
      const start = sectorOf(file, random);
      for (let at = start; at < Math.min(file.length, start + SECTOR); at += 1) file[at] = random(256);
    },
    'a sector written to the wrong place': (image, random) => {
      const { main } = image;
      main.copy(main, sectorOf(main, random), sectorOf(main, random), sectorOf(main, random) + SECTOR);
    },
    truncation: (image, random) => {
      if (random(2) === 0) image.main = image.main.subarray(0, random(image.main.length));
      else image.wal = image.wal.subarray(0, random(image.wal.length));
    },
    'log of an earlier state': (image, _random, { earlierWal }) => {
      image.wal = Buffer.from(earlierWal);
    },
    'log of another cache': (image, _random, { foreignWal }) => {
      image.wal = Buffer.from(foreignWal);
    },
    'log that is the whole of another cache': (image, _random, { wholeForeignWal }) => {
      image.wal = Buffer.from(wholeForeignWal);
    },
    'lost log': (image) => {
      image.wal = Buffer.alloc(0);
    },
    'not a database': (image, random) => {
      image.main = Buffer.from(Array.from({ length: 1 + random(20_000) }, () => random(256)));
    },
    'an empty file': (image) => {
      image.main = Buffer.alloc(0);
    },
  };

function flipBits(image: FileImage, random: Random, count: number): void {
  for (let flipped = 0; flipped < count; flipped += 1) flipBit(either(image, random), random);
}

function flipBit(file: Buffer, random: Random, below = file.length): void {
  const at = random(below);
  file[at] = file[at]! ^ (1 << random(8));
}

function either({ main, wal }: FileImage, random: Random): Buffer {
  return random(3) === 0 ? wal : main;
}

function sectorOf(file: Buffer, random: Random): number {
  return random(file.length / SECTOR) * SECTOR;
}
